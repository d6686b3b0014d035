"""Sign-in, sign-out, the own account, and devices."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from schemas.fields import time_text
from schemas.identity import (
    DeviceListOut,
    DeviceOut,
    LoginIn,
    LoginOut,
    PasswordIn,
    UserAccountOut,
    UserChangeIn,
    UserCreateIn,
    UserListOut,
    UserOut,
)
from server.access import ROLE_PERMISSIONS, Actor, Permission, Role
from server.db.base import current_session
from server.db.transaction import transaction
from server.errors import WRONG_CREDENTIALS, Problem
from server.http import addresses
from server.http.authentication import bearer_token
from server.http.blueprint import Blueprint
from server.http.context import current_actor, current_settings, current_time
from server.http.guard import own_transaction, public, requires
from server.identity import queries, service, users
from server.identity.models import Device
from server.identity.passwords import is_right_password

routes = Blueprint("identity", __name__, url_prefix="/api/v1", description="帐户与设备 / Accounts")


@routes.route("/auth/login", methods=["POST"])
@public
@own_transaction
@routes.arguments(LoginIn)
@routes.response(200, LoginOut)
def login(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in on a device. The device is registered by its first sign-in."""
    session, settings, now = current_session(), current_settings(), current_time()
    username, address = body["username"], request.remote_addr or "unknown"
    with transaction(session, write=False):
        user = service.find_login(session, settings, username, address, now)
    if not is_right_password(settings, user.password_hash if user else None, body["password"]):
        with transaction(session, write=True):
            service.record_failure(session, username, address, now)
        raise Problem(WRONG_CREDENTIALS)
    assert user is not None
    with transaction(session, write=True):
        device = body["device"]
        signed_in = service.sign_in(session, settings, user, device["id"], device["name"], now)
        account = account_document(signed_in.actor)
    return {
        "access_token": signed_in.access_token,
        "expires_at": time_text(signed_in.expires_at),
        "user": account,
    }


@routes.route("/auth/logout", methods=["POST"])
@requires(Permission.READ_OWN_ACCOUNT)
@routes.response(204)
def logout() -> Response:
    """End this sign-in. The token is worthless afterwards."""
    service.sign_out(current_session(), bearer_token(), current_time())
    return Response(status=204)


@routes.route("/auth/me", methods=["GET"])
@requires(Permission.READ_OWN_ACCOUNT)
@routes.response(200, UserOut)
def me() -> dict[str, Any]:
    """The signed-in person, with roles and permissions as they are now."""
    return account_document(current_actor())


@routes.route("/devices", methods=["GET"])
@requires(Permission.MANAGE_DEVICES)
@routes.response(200, DeviceListOut)
def list_devices() -> dict[str, Any]:
    """The organisation's devices, the last used first."""
    return {"devices": [_device(row) for row in service.list_devices(current_session())]}


@routes.route("/devices/<device_id>/revoke", methods=["POST"])
@requires(Permission.MANAGE_DEVICES)
@routes.response(200, DeviceOut)
def revoke_device(device_id: str) -> dict[str, Any]:
    """Refuse a lost or returned device from its next request on."""
    device = service.revoke_device(
        current_session(), current_actor(), addresses.device_id(device_id), current_time()
    )
    return _device(device)


@routes.route("/devices/<device_id>/reinstate", methods=["POST"])
@requires(Permission.MANAGE_DEVICES)
@routes.response(200, DeviceOut)
def reinstate_device(device_id: str) -> dict[str, Any]:
    """Let a revoked device sign in again. What waits on it is pushed as usual after that."""
    id_, actor = addresses.device_id(device_id), current_actor()
    return _device(service.reinstate_device(current_session(), actor, id_, current_time()))


@routes.route("/users", methods=["GET"])
@requires(Permission.MANAGE_USERS)
@routes.response(200, UserListOut)
def list_users() -> dict[str, Any]:
    """The people of the sites whose users one manages, by their user names."""
    found = users.list_accounts(current_session(), current_actor())
    return {"users": [_account(each) for each in found]}


@routes.route("/users", methods=["POST"])
@requires(Permission.MANAGE_USERS)
@routes.arguments(UserCreateIn)
@routes.response(201, UserAccountOut)
def create_user(body: dict[str, Any]) -> dict[str, Any]:
    """Give somebody an account, with the roles they begin with. The password is told to them by
    whoever makes the account; it is shown nowhere afterwards."""
    session, actor = current_session(), current_actor()
    return _account(users.create_account(session, current_settings(), actor, body, current_time()))


@routes.route("/users/<user_id>/password", methods=["PUT"])
@requires(Permission.MANAGE_USERS)
@routes.arguments(PasswordIn)
@routes.response(204)
def set_password(body: dict[str, Any], user_id: str) -> Response:
    """Give somebody who forgot it a new password; their sign-ins end."""
    id_, session, actor = addresses.record_id(user_id), current_session(), current_actor()
    users.set_password(session, current_settings(), actor, id_, body["password"], current_time())
    return Response(status=204)


@routes.route("/users/<user_id>", methods=["GET"])
@requires(Permission.MANAGE_USERS)
@routes.response(200, UserAccountOut)
def get_user(user_id: str) -> dict[str, Any]:
    """One account, with the roles it holds now."""
    id_ = addresses.record_id(user_id)
    return _account(users.find_account(current_session(), current_actor(), id_))


@routes.route("/users/<user_id>", methods=["PATCH"])
@requires(Permission.MANAGE_USERS)
@routes.arguments(UserChangeIn)
@routes.response(200, UserAccountOut)
def change_user(body: dict[str, Any], user_id: str) -> dict[str, Any]:
    """Give somebody other sites or roles, another name, or disable the account.

    It counts from their next request on: phones get tombstones for the sites that were lost and a
    backfill of those that were gained. Who is disabled can still hand over what was captured
    before, for review, and nothing else; enabled again, they sign in anew.
    """
    id_, actor = addresses.record_id(user_id), current_actor()
    return _account(users.change_user(current_session(), actor, id_, body, current_time()))


def account_document(actor: Actor) -> dict[str, Any]:
    """The account as the API shows it; made inside a transaction."""
    place = queries.place_of(current_session(), actor)
    held = {role for roles in actor.roles.values() for role in roles}
    return {
        "id": actor.user_id,
        "username": actor.username,
        "display_name": actor.display_name,
        "organisation": {"id": actor.organisation_id, "name": place.organisation_name},
        "role": next((role.value for role in Role if role in held), None),
        "sites": [
            {
                "site_id": site_id,
                "site_name": name,
                "roles": [role.value for role in Role if role in actor.roles[site_id]],
            }
            for site_id, name in place.sites
        ],
        "permissions": sorted(
            {permission.value for role in held for permission in ROLE_PERMISSIONS[role]}
        ),
    }


def _account(account: users.Account) -> dict[str, Any]:
    user = account.user
    return {
        "id": user.id,
        "username": user.username,
        "display_name": user.display_name,
        "is_active": user.is_active,
        "created_at": time_text(user.created_at),
        "roles": [
            {"role": held.role, "site_id": held.site_id}
            for held in sorted(account.held, key=lambda held: (held.site_id or "", held.role))
        ],
    }


def _device(device: Device) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "created_at": time_text(device.created_at),
        "last_login_at": time_text(device.last_login_at),
        "revoked_at": None if device.revoked_at is None else time_text(device.revoked_at),
    }
