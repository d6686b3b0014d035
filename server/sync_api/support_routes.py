"""How devices sync, for those who support them."""

from __future__ import annotations

from typing import Any

from schemas.sync_support import DeviceSyncListOut, DeviceSyncOut, SyncSessionListOut
from server.access import Permission
from server.db.base import current_session
from server.db.transaction import transaction
from server.http import addresses
from server.http.blueprint import Blueprint
from server.http.guard import own_transaction, requires
from server.sync_api import sessions
from server.sync_api.seeing import write_down_now

routes = Blueprint(
    "sync_support",
    __name__,
    url_prefix="/api/v1/sync/devices",
    description="设备同步情况 / How devices sync",
)


@routes.route("", methods=["GET"])
@requires(Permission.MANAGE_DEVICES)
@own_transaction
@routes.response(200, DeviceSyncListOut)
def list_device_syncs() -> dict[str, Any]:
    """Each device's last sync, what waits on it, its clock and its last error."""
    write_down_now()
    with transaction(current_session(), write=False):
        return {"devices": sessions.list_devices(current_session())}


@routes.route("/<device_id>", methods=["GET"])
@requires(Permission.MANAGE_DEVICES)
@own_transaction
@routes.response(200, DeviceSyncOut)
def get_device_sync(device_id: str) -> dict[str, Any]:
    """One device's last sync."""
    id_ = addresses.device_id(device_id)
    write_down_now()
    with transaction(current_session(), write=False):
        return sessions.device_document(current_session(), id_)


@routes.route("/<device_id>/sessions", methods=["GET"])
@requires(Permission.MANAGE_DEVICES)
@own_transaction
@routes.response(200, SyncSessionListOut)
def list_sync_sessions(device_id: str) -> dict[str, Any]:
    """The device's last 100 sessions, the newest first."""
    id_ = addresses.device_id(device_id)
    write_down_now()
    with transaction(current_session(), write=False):
        return {"sessions": sessions.list_sessions(current_session(), id_)}
