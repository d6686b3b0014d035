"""Prepared statements read and write what SQLAlchemy's own would, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import bindparam, event, insert, literal, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from server.db.base import current_session, db
from server.db.change_log import SyncMutation
from server.db.prepared import Prepared, PreparedForMany, prepared_insert
from server.db.transaction import is_out_of_order, transaction
from server.db.types import UuidText

ANSWERS = SyncMutation.__table__
INSERT = prepared_insert(ANSWERS)
OF_ORGANISATION = ANSWERS.c.organisation_id == bindparam("organisation_id")
READ = Prepared(select(ANSWERS).where(OF_ORGANISATION).order_by(ANSWERS.c.mutation_id))
AMONG = PreparedForMany(
    UuidText,
    lambda among: select(ANSWERS.c.mutation_id).where(
        OF_ORGANISATION, ANSWERS.c.mutation_id.in_(among)
    ),
)


@pytest.fixture
def session(world):
    world.li = world.person("li")
    with world.app.app_context(), transaction(current_session(), write=True):
        yield current_session()


def an_answer(world, **changes):
    return {
        "organisation_id": world.organisation_id,
        "user_id": world.li.user_id,
        "device_id": str(uuid4()),
        "mutation_id": str(uuid4()),
        "collection": "work_log_entries",
        "record_id": str(uuid4()),
        "content_hash": "0" * 64,
        "status": "applied",
        "version": 1,
        "fields": "[]",
        "problem": None,
        "captured_at": None,
        "clock_offset_ms": None,
        "received_at": datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=8))),
        **changes,
    }


def test_what_is_written_is_what_sqlalchemy_writes_and_reads(world, session):
    ours, theirs = an_answer(world), an_answer(world)
    INSERT.run(session, ours)
    session.execute(insert(ANSWERS), [theirs])
    asked = {"organisation_id": world.organisation_id}
    read = READ.all(session, asked)
    assert read == [tuple(row) for row in session.execute(READ._statement, asked)]
    names = ANSWERS.columns.keys()
    [kept] = [row for row in (dict(zip(names, row, strict=True)) for row in read) if
              row["mutation_id"] == ours["mutation_id"]]  # fmt: skip
    assert kept["received_at"] == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    assert {name: kept[name] for name in ours if name != "received_at"} == {
        name: value for name, value in ours.items() if name != "received_at"
    }
    assert kept["is_purged"] is kept["is_final"] is False, "plain defaults are filled in"


@pytest.mark.parametrize("count", [0, 1, 3, 64, 100])
def test_any_number_of_values_may_stand_in_a_list(world, session, count):
    answers = [an_answer(world) for _ in range(count)]
    INSERT.run_each(session, [*answers, an_answer(world)])
    ids = [answer["mutation_id"] for answer in answers]
    asked = {"organisation_id": world.organisation_id}
    found = [id_ for (id_,) in AMONG.all(session, [*ids, str(uuid4())], asked)]
    assert sorted(found) == sorted(ids)
    assert AMONG.all(session, [], asked) == []


def test_a_statement_of_another_organisation_finds_nothing(world, session):
    INSERT.run(session, an_answer(world))
    assert READ.all(session, {"organisation_id": str(uuid4())}) == []


def test_errors_are_those_of_sqlalchemy_and_name_the_statement(world, session):
    answer = an_answer(world)
    INSERT.run(session, answer)
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        INSERT.run(session, answer)
    assert "INSERT INTO sync_mutations" in refused.value.statement
    assert len(READ.all(session, {"organisation_id": world.organisation_id})) == 1


def test_a_value_that_was_not_given_is_named(world, session):
    answer = an_answer(world)
    del answer["mutation_id"]
    with pytest.raises(KeyError, match="mutation_id"):
        INSERT.run(session, answer)


def test_values_that_stand_in_the_statement_go_with_it(world, session):
    INSERT.run(session, an_answer(world))
    settle = Prepared(update(ANSWERS).where(OF_ORGANISATION).values(is_final=True, version=7))
    settle.run(session, {"organisation_id": world.organisation_id})
    columns = ANSWERS.columns.keys()
    [row] = READ.all(session, {"organisation_id": world.organisation_id})
    kept = dict(zip(columns, row, strict=True))
    assert (kept["is_final"], kept["version"]) == (True, 7)


def test_the_tables_a_statement_touches_are_known():
    assert READ.tables == INSERT.tables == {"sync_mutations"}
    assert READ.is_select
    assert not INSERT.is_select


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("sqlstate", [None, "40001"])
def test_a_connection_whose_driver_lost_it_is_not_used_again(app, world, sqlstate):
    error = type("Told", (psycopg.OperationalError,), {"sqlstate": sqlstate})("socket closed")

    def fail(*_):
        raise error

    with app.app_context():
        engine = db.engine
    event.listen(engine, "do_execute", fail)
    try:
        with (
            Session(engine) as session,
            pytest.raises(OperationalError) as told,
            transaction(session, write=True),
        ):
            session.execute(select(literal(1)))
    finally:
        event.remove(engine, "do_execute", fail)
    assert told.value.connection_invalidated is (sqlstate is None)
    assert is_out_of_order(told.value) is (sqlstate is None)
    with Session(engine) as session, transaction(session, write=False):
        assert session.scalar(select(literal(1))) == 1
