"""What devices do is counted in every process, and written down by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.config import Settings
from server.db.base import current_session
from server.db.scope import unscoped
from server.db.transaction import transaction
from server.sync_api.models import DeviceSync, SyncSession
from tests.scenarios.live_server import live_server
from tests.world import World

PULLS = 40


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_service_that_stops_has_written_down_what_all_its_processes_counted(
    world: World, settings: Settings
) -> None:
    world.person("li")
    with live_server(settings) as server:
        li = server.sign_in("li", "phone-of-li")
        for _ in range(PULLS):
            status, _ = server.request("GET", "/api/v1/sync/pull", token=li.token)
            assert status == 200
    with world.app.app_context(), transaction(current_session(), write=False):
        session = current_session()
        with unscoped(session):
            rows = session.scalars(
                select(SyncSession).where(SyncSession.device_id == "phone-of-li")
            ).all()
            [device] = session.scalars(
                select(DeviceSync).where(DeviceSync.device_id == "phone-of-li")
            )
    assert sum(row.pulls for row in rows) == PULLS
    assert device.last_pull_at is not None
