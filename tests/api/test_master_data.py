"""Suppliers, products and checklists over HTTP."""

from uuid import uuid4

import pytest

from server.access import Permission, Role
from server.checklists.mutations import checklists
from server.checklists.service import publish_default_checklists
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.http.context import current_time
from server.master_data.mutations import master_data_collections

SUPPLIERS = "/api/v1/suppliers"
PRODUCTS = "/api/v1/products"
CHECKLISTS = "/api/v1/checklists"


@pytest.fixture
def quality(world):
    return with_checklists(world)


@pytest.fixture
def sqlite_quality(sqlite_world):
    return with_checklists(sqlite_world)


def with_checklists(world):
    person = world.person("quality", Role.QUALITY)
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):
            publish_default_checklists(session, world.actor(person), current_time())
    return person


def supplier(**more):
    return {"id": str(uuid4()), "code": "S01", "name": "绿野蔬菜专业合作社", **more}


def product(**more):
    return {
        "id": str(uuid4()),
        "code": "P01",
        "name": "大白菜",
        "category": "vegetables",
        "unit": "crate",
        "storage_class": "ambient",
        **more,
    }


def put(person, path, document, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return person.put(f"{path}/{document['id']}", json=document, headers=headers)


def test_a_supplier_is_created_read_and_changed_with_its_version(quality):
    document = supplier()
    created = put(quality, SUPPLIERS, document)
    assert (created.status_code, created.headers["ETag"]) == (201, '"1"')
    read = quality.get(f"{SUPPLIERS}/{document['id']}")
    assert read.json["document"]["name"] == "绿野蔬菜专业合作社"
    changed = {**read.json["document"], "phone": "0000-8610003"}
    answer = put(quality, SUPPLIERS, changed, If_Match=read.headers["ETag"])
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    assert answer.json["document"]["phone"] == "0000-8610003"


def test_changing_without_a_version_answers_428_and_with_an_old_one_412(sqlite_quality):
    document = supplier()
    put(sqlite_quality, SUPPLIERS, document)
    put(sqlite_quality, SUPPLIERS, {**document, "note": "2"}, If_Match='"1"')
    later = {**document, "note": "3"}
    assert put(sqlite_quality, SUPPLIERS, later).status_code == 428
    stale = put(sqlite_quality, SUPPLIERS, later, If_Match='"1"')
    assert (stale.status_code, stale.headers["ETag"]) == (412, '"2"')
    assert put(sqlite_quality, SUPPLIERS, later, If_None_Match="*").status_code == 412
    assert put(sqlite_quality, SUPPLIERS, later, If_Match="abc").status_code == 400
    assert put(sqlite_quality, SUPPLIERS, later, If_Match="*").json["version"] == 3


def test_a_version_for_a_record_that_is_not_there_answers_412(sqlite_quality):
    assert put(sqlite_quality, SUPPLIERS, supplier(), If_Match='"1"').status_code == 412
    assert put(sqlite_quality, SUPPLIERS, supplier(), If_None_Match="*").status_code == 201


def test_a_reader_who_holds_the_newest_version_gets_304(sqlite_quality):
    document = supplier()
    put(sqlite_quality, SUPPLIERS, document)
    path = f"{SUPPLIERS}/{document['id']}"
    answer = sqlite_quality.get(path, headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.data) == (304, b"")
    assert sqlite_quality.get(path, headers={"If-None-Match": '"7"'}).status_code == 200


def test_the_body_must_bear_the_id_of_the_address(sqlite_quality):
    answer = sqlite_quality.put(f"{SUPPLIERS}/{uuid4()}", json=supplier())
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/id"


CONTRACT = {"id": str(uuid4()), "kind": "contract", "number": "GH-1"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"licences": [{**CONTRACT, "kind": "passport"}]}, "/licences/0/kind"),
        ({"is_suspended": True}, "/suspension_reason"),
        ({"colour": "red"}, "/colour"),
        ({"name": "  "}, "/name"),
        (
            {"licences": [{**CONTRACT, "valid_from": "2026-02-01", "valid_until": "2026-01-01"}]},
            "/licences/0/valid_until",
        ),
    ],
)
def test_a_supplier_that_makes_no_sense_is_refused_naming_the_place(
    sqlite_quality, change, pointer
):
    answer = put(sqlite_quality, SUPPLIERS, supplier(**change))
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


CLASS_A = {"zero_acceptance": True}
BY_AQL = {"aql": "2.5", "inspection_level": "II"}


def by_class(**changes):
    classes = {"A": CLASS_A, "B": BY_AQL, "C": BY_AQL, **changes}
    return {"sampling_scheme": {"classes": classes}}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"unit": "bucket"}, "/unit"),
        ({"temperature_limits": {"min": "8", "max": "0"}}, "/temperature_limits/min"),
        ({"temperature_limits": {}}, "/temperature_limits/max"),
        ({"shelf_life_days": 0}, "/shelf_life_days"),
        (
            by_class(B={**BY_AQL, "aql": "2.6"}),
            "/sampling_scheme/classes/B/aql",
        ),
        (
            by_class(B={"aql": "2.5"}),
            "/sampling_scheme/classes/B",
        ),
        (
            by_class(A={**CLASS_A, **BY_AQL}),
            "/sampling_scheme/classes/A",
        ),
        (
            by_class(C={**BY_AQL, "aql": "15"}),
            "/sampling_scheme/classes/C/aql",
        ),
    ],
)
def test_a_product_that_makes_no_sense_is_refused_naming_the_place(sqlite_quality, change, pointer):
    answer = put(sqlite_quality, PRODUCTS, product(**change))
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]


def test_an_aql_between_two_preferred_values_is_told_the_nearest_two_in_both_languages(
    sqlite_quality,
):
    document = product(**by_class(B={**BY_AQL, "aql": "3"}))
    for language in ("zh-CN", "en"):
        answer = put(sqlite_quality, PRODUCTS, document, Accept_Language=language)
        (error,) = answer.json["errors"]
        assert "2.5" in error["detail"]
        assert "4.0" in error["detail"]


def test_a_product_sent_back_as_it_was_read_changes_nothing(quality):
    document = product()
    put(quality, PRODUCTS, document)
    read = quality.get(f"{PRODUCTS}/{document['id']}")
    assert read.json["document"]["unit_name"] == {"zh": "筐", "en": "crate"}
    answer = put(quality, PRODUCTS, read.json["document"], If_Match='"1"')
    assert (answer.status_code, answer.json["version"]) == (200, 1)


def test_pages_follow_one_another_without_gap_or_repetition(quality):
    for n in (5, 3, 1, 4, 2):
        put(quality, PRODUCTS, product(code=f"P0{n}"))
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        answer = quality.get(PRODUCTS, query_string=query)
        seen += [record["document"]["code"] for record in answer.json["products"]]
        cursor, pages = answer.json["next_cursor"], pages + 1
    assert (seen, pages) == (["P01", "P02", "P03", "P04", "P05"], 3)


def test_a_page_boundary_holds_while_others_add_rows(quality):
    for code in ("A1", "B1", "C1"):
        put(quality, SUPPLIERS, supplier(code=code))
    first = quality.get(SUPPLIERS, query_string={"limit": "2"}).json
    put(quality, SUPPLIERS, supplier(code="A0"))
    rest = quality.get(SUPPLIERS, query_string={"limit": "2", "cursor": first["next_cursor"]}).json
    assert [record["document"]["code"] for record in rest["suppliers"]] == ["C1"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        "WzEsMl0",  # [1,2]
        "WyJBIiwiQiJd",  # ["A","B"]: no id
        "WyJBXHUwMDAwIiwiMDE4ZTAwMDAtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAxIl0",  # a NUL inside
        "bm90IGpzb24",
        "e30",
        "WyJBIl0",
    ],
)
def test_a_cursor_nobody_gave_answers_400(quality, cursor):
    answer = quality.get(SUPPLIERS, query_string={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize("limit", ["0", "201", "ten", "2.5"])
def test_a_limit_out_of_bounds_is_refused(sqlite_quality, limit):
    answer = sqlite_quality.get(SUPPLIERS, query_string={"limit": limit})
    assert answer.status_code == 422


def test_products_can_be_listed_by_category(sqlite_quality):
    put(sqlite_quality, PRODUCTS, product(code="V1"))
    put(sqlite_quality, PRODUCTS, product(code="M1", category="meat", storage_class="chilled"))
    answer = sqlite_quality.get(PRODUCTS, query_string={"category": "meat"})
    assert [record["document"]["code"] for record in answer.json["products"]] == ["M1"]


def test_the_newest_version_of_every_checklist_is_listed(sqlite_quality):
    records = sqlite_quality.get(CHECKLISTS).json["checklists"]
    codes = [record["document"]["code"] for record in records]
    assert codes == sorted(codes)
    assert {"RCV-MEAT", "RCV-COLD", "RCV-VEG", "RCV-DRY"} <= set(codes)
    one = sqlite_quality.get(f"{CHECKLISTS}/{records[0]['document']['id']}")
    assert one.json == records[0]


@pytest.mark.parametrize("path", [SUPPLIERS, PRODUCTS, CHECKLISTS])
def test_what_is_not_there_answers_404(sqlite_quality, path):
    assert sqlite_quality.get(f"{path}/{uuid4()}").status_code == 404
    assert sqlite_quality.get(f"{path}/not-an-id").status_code == 404


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.OBSERVER])
def test_those_who_only_read_master_data_cannot_write_it(sqlite_world, sqlite_quality, role):
    reader = sqlite_world.person("reader", role)
    assert reader.get(SUPPLIERS).status_code == 200
    assert put(reader, SUPPLIERS, supplier()).status_code == 403


def test_a_suppliers_contact_sees_no_master_data(sqlite_world, sqlite_quality):
    contact = sqlite_world.person("contact", Role.SUPPLIER_CONTACT)
    for path in (SUPPLIERS, PRODUCTS, CHECKLISTS):
        assert contact.get(path).status_code == 403


def test_another_organisation_sees_nothing_of_it(world, quality):
    document = supplier()
    put(quality, SUPPLIERS, document)
    stranger = world.person("stranger", Role.MANAGER, [world.abroad])
    assert stranger.get(SUPPLIERS).json["suppliers"] == []
    assert stranger.get(f"{SUPPLIERS}/{document['id']}").status_code == 404
    checklist_id = quality.get(CHECKLISTS).json["checklists"][0]["document"]["id"]
    assert stranger.get(f"{CHECKLISTS}/{checklist_id}").status_code == 404
    assert stranger.get(CHECKLISTS).json["checklists"] == []


def test_phones_read_master_data_with_its_permission_and_write_none_of_it():
    collections = (*master_data_collections, checklists)
    assert {collection.name for collection in collections} == {
        "sites", "site_members", "suppliers", "products", "checklists",
    }  # fmt: skip
    for collection in collections:
        assert collection.read_permission is Permission.READ_MASTER_DATA
        assert collection.write_permission is None
        assert collection.save is None
