"""Suppliers, products and users from spreadsheets: tried, refused row by row, taken as a whole."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from typing import Any

import openpyxl
from sqlalchemy import event, select

from server.access import Role
from server.db.base import current_session
from server.db.scope import unscoped
from server.identity.models import User
from tests.api.test_master_data import with_checklists
from tests.world import Person, World

IMPORTS = "/api/v1/imports"
HEADINGS = ["编码*", "名称", "供货品类", "营业执照号", "营业执照到期日", "电话", "颜色"]


def workbook(*rows: list[Any], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def send(person: Person, kind: str, content: bytes, *, is_dry: bool = True) -> Any:
    query = "" if is_dry else "?dry_run=false"
    headers = {"Content-Type": "application/octet-stream"}
    return person.post(f"{IMPORTS}/{kind}{query}", data=content, headers=headers)


def suppliers_of(person: Person) -> dict[str, Any]:
    found = person.get("/api/v1/suppliers").json["suppliers"]
    return {each["document"]["code"]: each for each in found}


def test_a_file_of_suppliers_is_tried_refused_as_a_whole_and_taken_once(world: World) -> None:
    admin = world.person("chief", Role.ADMIN)
    good = [
        "S00１",
        "绿野蔬菜",
        "蔬菜水果、预包装、粮油干货调味品",
        "JY1",
        datetime(2028, 12, 31),  # noqa: DTZ001 (a spreadsheet knows no zones)
        "0571-1",
        "红",
    ]
    bad = ["S002", "", "石头", "JY2", "明年", "=1+1", ""]
    file = workbook(HEADINGS, good, [], bad, ["S001", "又一次", "", "", "", "", ""])

    tried = send(admin, "suppliers", file).json
    assert tried["is_dry_run"]
    assert tried["left_out"] == ["颜色"]
    assert tried["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 2}
    rows = {row["row"]: row for row in tried["rows"]}
    assert set(rows) == {2, 4, 5}
    assert [error["column"] for error in rows[4]["errors"]] == [
        "name",
        "categories",
        "business_licence_valid_until",
        "phone",
    ]
    assert rows[4]["errors"][1]["value"] == "石头"
    assert "蔬菜水果" in rows[4]["errors"][1]["zh"]
    assert "vegetables and fruit" in rows[4]["errors"][1]["en"]
    assert rows[5]["errors"][0]["column"] == "code"

    refused = send(admin, "suppliers", file, is_dry=False)
    assert refused.status_code == 422
    assert refused.json["type"] == "/problems/rows-refused"
    assert {error["pointer"] for error in refused.json["errors"]} >= {"/4/name", "/5/code"}
    assert suppliers_of(admin) == {}

    file = workbook(HEADINGS, good)
    assert send(admin, "suppliers", file, is_dry=False).json["counts"]["created"] == 1
    held = suppliers_of(admin)["S001"]
    assert held["document"]["categories"] == ["dry_goods", "vegetables"]
    [licence] = held["document"]["licences"]
    assert (licence["number"], licence["valid_until"]) == ("JY1", "2028-12-31")

    again = send(admin, "suppliers", file, is_dry=False).json
    assert again["counts"] == {"created": 0, "changed": 0, "unchanged": 1, "refused": 0}
    assert suppliers_of(admin)["S001"] == held
    later = "code,name,business_licence_number,business_licence_valid_until\nS001,绿野,JY1,长期\n"
    changed = send(admin, "suppliers", later.encode("gb18030"), is_dry=False).json
    assert changed["rows"][0]["fields"] == ["licences", "name"]
    now_held = suppliers_of(admin)["S001"]["document"]
    assert (now_held["phone"], now_held["licences"][0]["valid_until"]) == ("0571-1", None)
    entries = admin.get("/api/v1/audit-entries?limit=200").json["entries"]
    assert len([each for each in entries if each["action"] == "rows_imported"]) == 2


def test_products_take_their_aqls_and_users_their_sites_and_only_once_a_password(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN, [sqlite_world.north, sqlite_world.south])
    with_checklists(sqlite_world)
    head = "编码,名称,品类,单位,储存条件,保质期（天）,B 类 AQL\n"
    table = f"{head}P1,大白菜,蔬菜水果,筐,常温,３,1.5\nP2,菠菜,蔬菜水果,筐,常温,0,1.3\n"
    tried = send(admin, "products", table.encode("utf-8-sig")).json
    assert [row["effect"] for row in tried["rows"]] == ["created", "refused"]
    assert {error["column"] for error in tried["rows"][1]["errors"]} == {"shelf_life_days", "aql_b"}
    good = f"{head}P1;大白菜".replace(";", ",").encode() + ",蔬菜水果,筐,常温,3,1.5".encode()
    assert send(admin, "products", good, is_dry=False).json["counts"]["created"] == 1
    [product] = admin.get("/api/v1/products").json["products"]
    scheme = product["document"]["sampling_scheme"]
    assert (scheme["classes"]["B"]["aql"], scheme["is_confirmed"]) == ("1.5", False)
    assert send(admin, "products", good, is_dry=False).json["counts"]["unchanged"] == 1

    sites = admin.get("/api/v1/auth/me").json["sites"]
    sqlite_world.app.extensions["yanshou.settings"] = replace(
        sqlite_world.app.extensions["yanshou.settings"], argon2_time_cost=2, argon2_memory_kib=16
    )
    codes = "N1、S1"
    people = f"username\tdisplay_name\troles\tsites\tpassword\nwang\t王芳\t验收员\t{codes}\t{{}}\n"
    first = "a long first password"
    weak = send(admin, "users", people.format("short").encode()).json["rows"][0]["errors"]
    assert [(each["column"], each["value"]) for each in weak] == [("password", "•••")]
    made = send(admin, "users", people.format(first).encode(), is_dry=False)
    assert made.json["counts"]["created"] == 1, made.text
    found = {each["username"]: each for each in admin.get("/api/v1/users").json["users"]}
    assert len(found["wang"]["roles"]) == len(sites) == 2
    with sqlite_world.app.app_context(), unscoped(current_session()):
        kept = current_session().scalar(select(User.password_hash).where(User.username == "wang"))
    assert kept is not None
    assert "m=16,t=2," in kept
    other = people.format("another password entirely").replace("王芳", "王小芳")
    assert send(admin, "users", other.encode(), is_dry=False).json["rows"][0]["fields"] == [
        "display_name"
    ]
    device = {"id": "phone-of-wang", "name": "phone"}
    wang = {"username": "wang", "password": first, "device": device}
    assert admin.post("/api/v1/auth/login", json=wang).status_code == 200


def test_files_that_are_no_tables_say_why_and_who_may_not_import_cannot(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)
    merged = workbook(["code", "name"], ["S1", "a"], ["S2", "b"], merge="B2:B3")
    for content, reason in (
        (merged, "B2:B3"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), ".xlsx"),
        (bytes(64), "CSV"),
        (b"   ", "空"),
        (b"code,name,Code\n1,2,3\n", "两次"),
        ("编码,电话\nS1,1\n".encode(), "名称"),
    ):
        answer = send(admin, "suppliers", content)
        assert answer.status_code == 422, content
        assert answer.json["type"] == "/problems/import-unreadable"
        assert reason in answer.json["detail"]
    many = b"code,name\n" + b"".join(b"S%d,x\n" % at for at in range(501))
    assert send(admin, "suppliers", many).status_code == 413
    template = admin.get(f"{IMPORTS}/suppliers/template.xlsx")
    assert send(admin, "suppliers", template.data).json["counts"]["created"] == 0

    head = "username,display_name,roles,sites,password"
    crowd = [f"u{at},N,inspector,N1,long enough {at}" for at in range(51)]
    crowd.insert(0, "elsewhere,N,inspector,X9,long enough too")
    rows = send(admin, "users", "\n".join([head, *crowd]).encode()).json["rows"]
    assert [row["effect"] for row in rows] == ["refused", *["created"] * 50, "refused"]
    assert [(e["column"], e["value"]) for e in rows[0]["errors"]] == [("sites", "X9")]
    assert [(e["column"], e["value"]) for e in rows[-1]["errors"]] == [("username", "u50")]

    quality = sqlite_world.person("quality", Role.QUALITY)
    assert send(quality, "users", b"username\n").status_code == 403
    for role in (Role.INSPECTOR, Role.OBSERVER):
        person = sqlite_world.person(role.value, role)
        assert send(person, "suppliers", b"code,name\n").status_code == 403
        assert person.get(f"{IMPORTS}/users/template.xlsx").status_code == 403


def test_people_whose_rows_name_no_password_get_one_that_is_told_once(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)
    people = "username,display_name,roles,sites,password\n"
    people += "wang,王芳,验收员,N1,\nli,李明,验收员,N1,a password of her own\n"
    tried = send(admin, "users", people.encode()).json
    assert tried["counts"]["created"] == 2, tried
    assert tried["passwords"] == []
    made = send(admin, "users", people.encode(), is_dry=False)
    assert made.headers["Cache-Control"] == "no-store"
    [told] = made.json["passwords"]
    assert told["username"] == "wang"
    assert len(told["password"]) == 19
    wang = {**told, "device": {"id": "phone-of-wang", "name": "phone"}}
    assert admin.post("/api/v1/auth/login", json=wang).status_code == 200
    again = send(admin, "users", people.encode(), is_dry=False).json
    assert (again["counts"]["unchanged"], again["passwords"]) == (2, [])
    entries = admin.get("/api/v1/audit-entries?limit=200").text
    assert told["password"] not in entries


def test_a_row_costs_few_statements_while_everybody_else_waits_to_write(
    sqlite_world: World,
) -> None:
    admin = sqlite_world.person("chief", Role.ADMIN)

    def statements(rows: int) -> int:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        lines = (f"S{rows}-{n},供货者,JY{n}" for n in range(rows))
        table = "\n".join(["code,name,business_licence_number", *lines])
        with sqlite_world.app.app_context():
            engine = current_session().get_bind()
            event.listen(engine, "before_cursor_execute", note)
            try:
                made = send(admin, "suppliers", table.encode(), is_dry=False)
            finally:
                event.remove(engine, "before_cursor_execute", note)
        assert made.json["counts"]["created"] == rows, made.text
        return len(seen)

    # A savepoint and its release, whether the code is taken, the row, its licences.
    assert (statements(40) - statements(20)) / 20 <= 7
