"""0002 on a database in use: what is in quarantine already stays, and can be reviewed."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from server.db.base import current_session, db
from server.db.change_log import QuarantinedMutation
from server.db.schema_check import MIGRATIONS
from tests.api.sync_client import entry, mutation, push, quarantined
from tests.world import World


def test_what_was_in_quarantine_before_gets_an_id_and_its_reason(app: Flask) -> None:
    world = World(app)
    li = world.person("li")
    push(li, mutation(entry(colour="red")), mutation(entry(), collection="secrets"))
    with app.app_context():
        downgrade(directory=str(MIGRATIONS), revision="0001")
        upgrade(directory=str(MIGRATIONS))
        rows = current_session().scalars(select(QuarantinedMutation)).all()
        db.session.remove()
    assert {row.slug for row in rows} == {"validation-failed", "unknown-collection"}
    assert len({row.id for row in rows}) == 2
    assert all(row.last_received_at == row.received_at for row in rows)
    assert len(quarantined(world)) == 2
