"""The demo organisation: complete or absent, and nobody locked out of it."""

import hashlib
import json
import sqlite3
import stat
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from server.checklists.models import ChecklistVersion
from server.db.base import current_session
from server.db.documents import read_documents
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.demo import seed
from server.demo.seed import ACCOUNTS_FILE, seed_if_empty
from server.http.context import current_settings, current_time
from server.identity.models import Organisation, Site, User
from server.master_data.licences import licence_state
from server.master_data.models import Product, Supplier
from server.staff.certificates import certificate_state


def run_seed(app):
    with app.app_context():
        return seed_if_empty(current_settings())


def accounts_of(app):
    with app.app_context():
        path = current_settings().data_dir / ACCOUNTS_FILE
    return {a["username"]: a for a in json.loads(path.read_text(encoding="utf-8"))["accounts"]}


def count(app, model):
    with app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            return session.scalar(select(func.count()).select_from(model))


def documents(app, model, collection):
    """Every document of *collection*, by its record's code."""
    with app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            rows = session.scalars(select(model)).all()
            (organisation_id,) = session.scalars(select(Organisation.id)).all()
        ids = {row.id: row.code for row in rows}
        stored = read_documents(session, organisation_id, collection, ids)
        return {ids[id_]: record.document for id_, record in stored.items()}


def sign_in(app, account):
    return signed_in(app, account)["user"]


def signed_in(app, account):
    answer = app.test_client().post(
        "/api/v1/auth/login",
        json={
            "username": account["username"],
            "password": account["password"],
            "device": {"id": "phone-1", "name": "phone"},
        },
    )
    assert answer.status_code == 200, answer.text
    return answer.json


def test_an_empty_installation_gets_the_demo_organisation(app):
    assert run_seed(app)
    sizes = {model: count(app, model) for model in (Organisation, Site, Supplier, Product)}
    assert sizes == {Organisation: 1, Site: 2, Supplier: 6, Product: 20}
    assert count(app, ChecklistVersion) == 11
    categories = [p["category"] for p in documents(app, Product, "products").values()]
    assert {name: categories.count(name) for name in set(categories)} == {
        "meat": 5, "chilled_frozen": 5, "vegetables": 5, "dry_goods": 5,
    }  # fmt: skip


def test_exactly_one_supplier_has_an_expired_licence(sqlite_app, clock):
    run_seed(sqlite_app)
    suppliers = documents(sqlite_app, Supplier, "suppliers")
    today = clock.now.date()
    invalid = {
        code: [finding.state for finding in check.findings]
        for code, supplier in suppliers.items()
        for check in [licence_state(supplier, today, supplier["categories"])]
        if not check.is_valid
    }
    assert invalid == {"S06": ["expired"]}
    earlier = today - timedelta(days=60)
    assert licence_state(suppliers["S06"], earlier, ["dry_goods"]).is_valid


def test_every_product_has_limits_scheme_and_checklist_as_its_goods_need(sqlite_app):
    run_seed(sqlite_app)
    for product in documents(sqlite_app, Product, "products").values():
        is_cold = product["storage_class"] != "ambient"
        assert (product["temperature_limits"] is not None) == is_cold
        assert product["sampling_scheme"]["classes"]["A"] == {"zero_acceptance": True}
        assert product["checklist_code"].startswith("RCV-")
        if is_cold:
            assert product["temperature_limits"]["is_confirmed"] is False


def test_the_accounts_are_those_promised_and_each_can_sign_in(sqlite_app):
    run_seed(sqlite_app)
    accounts = accounts_of(sqlite_app)
    users = {name: sign_in(sqlite_app, account) for name, account in accounts.items()}
    assert {name: user["role"] for name, user in users.items()} == {
        "admin": "admin", "manager1": "manager", "quality1": "quality",
        "inspector1": "inspector", "inspector2": "inspector", "inspector3": "inspector",
        "observer1": "observer", "supplier1": "supplier_contact",
    }  # fmt: skip
    sites = {name: {s["site_id"] for s in user["sites"]} for name, user in users.items()}
    assert sites["inspector1"] == sites["inspector2"]
    assert not sites["inspector1"] & sites["inspector3"]
    for name in ("admin", "manager1", "quality1"):
        assert len(sites[name]) == 2
    assert all(accounts[name]["role"] == user["role"] for name, user in users.items())


def test_the_accounts_file_is_for_its_owner_alone_and_passwords_differ(sqlite_app):
    run_seed(sqlite_app)
    with sqlite_app.app_context():
        path = current_settings().data_dir / ACCOUNTS_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    passwords = [account["password"] for account in accounts_of(sqlite_app).values()]
    assert len(set(passwords)) == len(passwords)
    assert all(len(password) >= 16 for password in passwords)
    assert [p.name for p in path.parent.iterdir() if "accounts" in p.name] == [ACCOUNTS_FILE]


def test_seeding_again_changes_nothing(app):
    run_seed(app)
    before = accounts_of(app)
    assert not run_seed(app)
    assert accounts_of(app) == before
    assert count(app, User) == len(before)


def test_an_installation_that_has_an_organisation_is_left_alone(world):
    assert not run_seed(world.app)
    assert count(world.app, Organisation) == 2
    with world.app.app_context():
        assert not (current_settings().data_dir / ACCOUNTS_FILE).exists()


def test_the_accounts_file_is_there_before_anything_is_committed(sqlite_app, monkeypatch):
    seen = []

    def look_from_outside(path, accounts):
        write(path, accounts)
        database = sqlite_app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
        connection = sqlite3.connect(database)
        (organisations,) = connection.execute("SELECT count(*) FROM organisations").fetchone()
        connection.close()
        seen.append((path.exists(), organisations))

    write = seed.write_accounts
    monkeypatch.setattr(seed, "write_accounts", look_from_outside)
    run_seed(sqlite_app)
    assert seen == [(True, 0)]


def test_a_failure_leaves_an_empty_database_and_the_next_start_seeds(app):
    with app.app_context():
        path = current_settings().data_dir / ACCOUNTS_FILE
    path.mkdir()  # no file can be put in its place
    with pytest.raises(OSError, match=ACCOUNTS_FILE):
        run_seed(app)
    assert [count(app, model) for model in (Organisation, User, Product)] == [0, 0, 0]
    path.rmdir()
    assert run_seed(app)
    sign_in(app, accounts_of(app)["inspector1"])


def test_two_starting_at_once_make_one_organisation(app):
    done = []
    both_ready = threading.Barrier(2)

    def start():
        both_ready.wait()
        done.append(run_seed(app))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert count(app, Organisation) == 1
    sign_in(app, accounts_of(app)["admin"])


def test_the_days_of_the_licences_are_counted_in_the_kitchens_time(sqlite_app, clock):
    clock.now = clock.now.replace(hour=20)  # already tomorrow in Shanghai
    run_seed(sqlite_app)
    with sqlite_app.app_context():
        tomorrow = current_time().date() + timedelta(days=1)
    ends = [
        licence["valid_until"]
        for licence in documents(sqlite_app, Supplier, "suppliers")["S06"]["licences"]
        if licence["kind"] == "food_operation_licence"
    ]
    assert ends == [(tomorrow - timedelta(days=53)).isoformat()]


def test_nobodys_first_look_falls_on_an_empty_screen(sqlite_app):
    with sqlite_app.app_context():
        assert seed_if_empty(replace(current_settings(), demo_records=True))
    inspector = sqlite_app.test_client()
    token = signed_in(sqlite_app, accounts_of(sqlite_app)["inspector1"])["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    pulled = inspector.get("/api/v1/sync/pull?limit=500", headers=headers).json
    assert not pulled["has_more"]
    held = {}
    for change in pulled["changes"]:
        held.setdefault(change["collection"], []).append(change["document"])
    wanted = {"units", "places", "staff_members", "menus", "findings", "corrective_actions",
              "corrective_action_steps", "register_entries", "attachments", "inspection_tasks",
              "notifications"}  # fmt: skip
    assert wanted - set(held) == set()
    notices = held["corrective_actions"]
    assert {notice["status"] for notice in notices} == {"open", "submitted", "returned"}
    now = held["attachments"][0]["received_at"]
    assert [n["title"] for n in notices if n["due_at"] < now] == ["热菜间地面有油污和积水"]
    assert {photo["status"] for photo in held["attachments"]} == {"stored"}
    for photo in held["attachments"]:
        content = inspector.get(f"/api/v1/attachments/{photo['id']}/content", headers=headers)
        assert hashlib.sha256(content.data).hexdigest() == photo["sha256"]
    today = date.fromisoformat(now[:10])
    states = {
        certificate_state(member["health_certificates"], today).is_valid
        for member in held["staff_members"]
    }
    assert states == {True, False}
    entries = held["register_entries"]
    assert {entry["register"] for entry in entries} == {
        "sample_retention", "temperature_log", "morning_check",
    }  # fmt: skip
    assert not all(entry["is_ok"] for entry in entries)
