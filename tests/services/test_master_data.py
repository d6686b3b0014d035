"""Saving suppliers and products, publishing checklists: the one write path."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select

from schemas.checklists import checklist_record_id
from schemas.master_data import ProductSchema, SupplierSchema
from server.access import Role
from server.checklists.defaults import default_checklists
from server.checklists.queries import checklists_in_force, newest_checklist_id
from server.checklists.service import publish_checklist, publish_default_checklists
from server.db.base import current_session
from server.db.documents import read_documents
from server.db.scope import Scope, enter_scope, leave_scope, unscoped
from server.db.transaction import transaction
from server.errors import Problem
from server.http.conditional import ExpectedVersion
from server.http.context import current_time
from server.identity.models import Membership
from server.master_data.models import SupplierLicence
from server.master_data.queries import product_document
from server.master_data.service import save_product, save_supplier
from server.master_data.vocabulary import CATEGORIES


@contextmanager
def acting(world, person, *, write=True) -> Iterator:
    """A transaction in which *person* acts: session, actor and the time."""
    with world.app.app_context():
        session = current_session()
        with transaction(session, write=write):
            actor = world.actor(person)
            enter_scope(session, Scope(actor.organisation_id, actor.site_ids))
            try:
                yield session, actor, current_time()
            finally:
                leave_scope(session)


def supplier(**more):
    document = {"id": str(uuid4()), "code": "S01", "name": "惠民肉类", **more}
    return SupplierSchema().load(document)


def licence(**more):
    return {
        "id": str(uuid4()),
        "kind": "food_operation_licence",
        "number": "JY1",
        "valid_from": None,
        "valid_until": "2026-06-30",
        **more,
    }


def product(**more):
    document = {
        "id": str(uuid4()),
        "code": "P01",
        "name": "冷鲜猪前腿肉",
        "category": "meat",
        "unit": "box",
        "storage_class": "chilled",
        **more,
    }
    return ProductSchema().load(document)


@pytest.fixture
def quality(world):
    person = world.person("quality", Role.QUALITY)
    with acting(world, person) as (session, actor, now):
        publish_default_checklists(session, actor, now)
    return person


# -- suppliers -----------------------------------------------------------------------------------


def test_a_saved_supplier_is_published_for_the_whole_organisation(world, quality):
    document = supplier(licences=[licence()])
    with acting(world, quality) as (session, actor, now):
        assert save_supplier(session, actor, document, now).version == 1
    with acting(world, quality, write=False) as (session, actor, _):
        stored = read_documents(session, actor.organisation_id, "suppliers", [document["id"]])
        assert stored[document["id"]].document == document
        assert stored[document["id"]].site_id is None
        rows = session.scalars(select(SupplierLicence)).all()
        assert [(row.number, row.valid_until) for row in rows] == [("JY1", date(2026, 6, 30))]


def test_saving_a_supplier_again_unchanged_makes_no_new_version(world, quality):
    document = supplier()
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, document, now)
    with acting(world, quality) as (session, actor, now):
        assert save_supplier(session, actor, dict(document), now).version == 1
        assert save_supplier(session, actor, {**document, "note": "新"}, now).version == 2


def test_the_licence_rows_follow_the_document(world, quality):
    kept, dropped = licence(number="KEPT"), licence(number="DROPPED")
    document = supplier(licences=[kept, dropped])
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, document, now)
    changed = {**document, "licences": [{**document["licences"][0], "number": "RENEWED"}]}
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, changed, now)
        assert session.scalars(select(SupplierLicence.number)).all() == ["RENEWED"]


def test_two_suppliers_cannot_bear_the_same_code(world, quality):
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, supplier(name="甲"), now)
        with pytest.raises(Problem) as refusal:
            save_supplier(session, actor, supplier(name="乙"), now)
    told = refusal.value.to_dict("zh-CN")
    assert told["type"] == "/problems/code-is-taken"
    assert told["errors"] == [{"pointer": "/code", "detail": "编码“S01”已属于“甲”。"}]


def test_a_change_based_on_an_older_version_is_refused(world, quality):
    document = supplier()
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, document, now)
        save_supplier(session, actor, {**document, "note": "2"}, now)
        for expected, status in ((ExpectedVersion(version=1), 412), (ExpectedVersion(), 428)):
            with pytest.raises(Problem) as refusal:
                save_supplier(session, actor, {**document, "note": "3"}, now, expected)
            assert refusal.value.type.status == status


def test_an_inspector_may_not_change_master_data(world, quality):
    with (
        acting(world, world.person("li", Role.INSPECTOR)) as (session, actor, now),
        pytest.raises(Problem) as refusal,
    ):
        save_supplier(session, actor, supplier(), now)
    assert refusal.value.type.slug == "forbidden"


def test_another_organisation_may_use_the_same_code_and_even_the_same_id(world, quality):
    document = supplier()
    abroad = world.person("stranger", Role.MANAGER, [world.abroad])
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, document, now)
    with acting(world, abroad) as (session, actor, now):
        assert save_supplier(session, actor, {**document, "name": "别家"}, now).version == 1
    with acting(world, quality, write=False) as (session, actor, _):
        stored = read_documents(session, actor.organisation_id, "suppliers", [document["id"]])
        assert stored[document["id"]].document["name"] == "惠民肉类"


def test_a_code_of_another_organisation_is_no_obstacle_without_a_scope_either(world, quality):
    abroad = world.person("stranger", Role.MANAGER, [world.abroad])
    with world.app.app_context(), transaction(current_session(), write=True):
        session = current_session()
        with unscoped(session):  # as the seed and the commands work
            for person in (quality, abroad):
                head = save_supplier(session, world.actor(person), supplier(), current_time())
                assert head.version == 1


# -- products ------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", list(CATEGORIES))
def test_a_product_takes_its_categorys_checklist_and_scheme_written_out(world, quality, category):
    document = product(category=category)
    with acting(world, quality) as (session, actor, now):
        save_product(session, actor, document, now)
        saved = product_document(session, actor, document["id"])
    assert saved["checklist_code"] == CATEGORIES[category].checklist_code
    assert saved["sampling_scheme"]["classes"]["A"] == {"zero_acceptance": True}
    template = next(t for t in default_checklists() if t["code"] == saved["checklist_code"])
    assert saved["sampling_scheme"] == template["sampling_scheme"]
    assert saved["unit_name"] == {"zh": "箱", "en": "box"}


def test_a_product_keeps_the_scheme_it_was_given(world, quality):
    scheme = {
        "classes": {
            "A": {"zero_acceptance": True},
            "B": {"aql": "1.00", "inspection_level": "III"},
            "C": {"aql": "10", "inspection_level": "S-2"},
        }
    }
    document = product(sampling_scheme=scheme)
    with acting(world, quality) as (session, actor, now):
        save_product(session, actor, document, now)
        saved = product_document(session, actor, document["id"])
    assert saved["sampling_scheme"]["classes"]["B"] == {"aql": "1.0", "inspection_level": "III"}


def test_a_product_with_a_checklist_nobody_published_is_refused(world, quality):
    with (
        acting(world, quality) as (session, actor, now),
        pytest.raises(Problem) as refusal,
    ):
        save_product(session, actor, product(checklist_code="RCV-NONE"), now)
    assert refusal.value.to_dict("en")["errors"][0]["pointer"] == "/checklist_code"


# -- checklists ----------------------------------------------------------------------------------


def test_publishing_the_default_checklists_twice_changes_nothing(world, quality):
    with acting(world, quality) as (session, actor, now):
        publish_default_checklists(session, actor, now)
        records = checklists_in_force(session, actor, now.date())
    assert [record.version for record in records] == [1] * len(default_checklists())


def test_a_published_version_never_changes(world, quality):
    changed = deepcopy(default_checklists()[0])
    changed["items"][0]["zh"] = "改过的说法"
    with acting(world, quality) as (session, actor, now):
        with pytest.raises(Problem) as refusal:
            publish_checklist(session, actor, changed, now)
        assert refusal.value.type.slug == "checklist-version-published"
        assert publish_checklist(session, actor, {**changed, "version": 2}, now).version == 1
        newest = newest_checklist_id(session, changed["code"])
    assert newest == checklist_record_id(world.organisation_id, changed["code"], 2)
    with acting(world, quality, write=False) as (session, actor, _):
        first = checklist_record_id(world.organisation_id, changed["code"], 1)
        kept = read_documents(session, actor.organisation_id, "checklists", [first])[first]
        assert kept.document["items"][0]["zh"] == default_checklists()[0]["items"][0]["zh"]


def test_a_version_cannot_be_left_out(world, quality):
    with (
        acting(world, quality) as (session, actor, now),
        pytest.raises(Problem) as refusal,
    ):
        publish_checklist(session, actor, {**default_checklists()[0], "version": 3}, now)
    assert refusal.value.type.slug == "checklist-version-out-of-order"


# -- sites and their members ---------------------------------------------------------------------


def test_a_new_person_is_published_to_the_site_without_secrets(world):
    person = world.person("li", Role.INSPECTOR)
    with acting(world, person, write=False) as (session, actor, _):
        with unscoped(session):
            membership = session.scalars(
                select(Membership).where(Membership.user_id == person.user_id)
            ).one()
        stored = read_documents(session, actor.organisation_id, "site_members", [membership.id])
        head = stored[membership.id]
        assert head.site_id == world.north
        assert head.document == {
            "id": membership.id,
            "site_id": world.north,
            "user_id": person.user_id,
            "display_name": "Li",
            "role": "inspector",
            "is_active": True,
        }


def test_a_new_site_is_published_to_itself(world):
    person = world.person("li", Role.INSPECTOR)
    with acting(world, person, write=False) as (session, actor, _):
        site = read_documents(session, actor.organisation_id, "sites", [world.north])[world.north]
        assert (site.site_id, site.document["code"]) == (world.north, "N1")


# -- reading documents ---------------------------------------------------------------------------


def test_reading_sees_what_the_same_transaction_published(world, quality):
    document = supplier()
    with acting(world, quality) as (session, actor, now):
        save_supplier(session, actor, document, now)
        stored = read_documents(session, actor.organisation_id, "suppliers", [document["id"]])
        assert orjson.loads(stored[document["id"]].text)["name"] == "惠民肉类"


def test_more_documents_than_one_statement_takes_are_read_all(world, quality):
    documents = [supplier(code=f"S{n:04}") for n in range(520)]
    with acting(world, quality) as (session, actor, now):
        for document in documents:
            save_supplier(session, actor, document, now)
    with acting(world, quality, write=False) as (session, actor, _):
        ids = [document["id"] for document in documents]
        assert set(read_documents(session, actor.organisation_id, "suppliers", ids)) == set(ids)
