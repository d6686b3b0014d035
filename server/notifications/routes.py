"""How one wants to be told, and what became of the messages."""

from __future__ import annotations

from typing import Any

from schemas.notifications import (
    DeliveryListOut,
    NotificationSettingsOut,
    NotificationSettingsSchema,
)
from server.access import Permission
from server.db.base import current_session
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_time
from server.http.guard import requires
from server.http.paging import PageIn
from server.notifications import queries, service

routes = Blueprint(
    "notifications", __name__, url_prefix="/api/v1", description="通知 / Notifications"
)


@routes.route("/notification-settings", methods=["GET"])
@requires(Permission.BE_NOTIFIED)
@routes.response(200, NotificationSettingsOut)
def get_notification_settings() -> dict[str, Any]:
    """How the caller wants to be told; of addresses only their ends."""
    return service.settings_document(current_session(), current_actor())


@routes.route("/notification-settings", methods=["PUT"])
@requires(Permission.BE_NOTIFIED)
@routes.arguments(NotificationSettingsSchema)
@routes.response(200, NotificationSettingsOut)
def put_notification_settings(document: dict[str, Any]) -> dict[str, Any]:
    """Say how one wants to be told."""
    service.save_settings(current_session(), current_actor(), document, current_time())
    return service.settings_document(current_session(), current_actor())


@routes.route("/notification-deliveries", methods=["GET"])
@requires(Permission.MANAGE_USERS)
@routes.arguments(PageIn, location="query")
@routes.response(200, DeliveryListOut)
def list_notification_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """Messages to channels and what became of them, the newest first; without their text."""
    page = queries.page_of_deliveries(current_session(), **query)
    return {"deliveries": page.rows, "next_cursor": page.next_cursor}
