"""Who may do what: roles, permissions, and the actor that every service receives.

A role is held at a site, or at every site of the organisation. Nothing is permitted that is not
listed in :data:`ROLE_PERMISSIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from server.errors import FORBIDDEN, RECORD_NOT_FOUND, SITE_REQUIRED, Problem


class Role(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    QUALITY = "quality"
    INSPECTOR = "inspector"
    SUPPLIER_CONTACT = "supplier_contact"
    OBSERVER = "observer"


class Permission(StrEnum):
    READ_OWN_ACCOUNT = "read_own_account"
    BE_NOTIFIED = "be_notified"
    READ_MASTER_DATA = "read_master_data"
    WRITE_MASTER_DATA = "write_master_data"
    READ_RECORDS = "read_records"
    CAPTURE_RECORDS = "capture_records"
    GRANT_CONCESSION = "grant_concession"
    ACCEPT_PHOTO_FLAG = "accept_photo_flag"
    ISSUE_RECTIFICATION_ORDER = "issue_rectification_order"
    VERIFY_CORRECTIVE_ACTION = "verify_corrective_action"
    EXPORT_EVIDENCE = "export_evidence"
    REVIEW_SYNC = "review_sync"
    READ_AUDIT_LOG = "read_audit_log"
    READ_JOBS = "read_jobs"
    MANAGE_RETENTION = "manage_retention"
    MANAGE_USERS = "manage_users"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_API_TOKENS = "manage_api_tokens"


_READS = frozenset(
    {Permission.READ_OWN_ACCOUNT, Permission.READ_MASTER_DATA, Permission.READ_RECORDS}
)
_CAPTURES = _READS | {Permission.CAPTURE_RECORDS, Permission.BE_NOTIFIED}
_DECIDES = _CAPTURES | {
    Permission.WRITE_MASTER_DATA,
    Permission.GRANT_CONCESSION,
    Permission.ACCEPT_PHOTO_FLAG,
    Permission.ISSUE_RECTIFICATION_ORDER,
    Permission.VERIFY_CORRECTIVE_ACTION,
    Permission.EXPORT_EVIDENCE,
    Permission.REVIEW_SYNC,
}

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    # An administrator keeps order and may help out at the ramp, but does not overrule quality.
    Role.ADMIN: _CAPTURES
    | {
        Permission.WRITE_MASTER_DATA,
        Permission.REVIEW_SYNC,
        Permission.READ_AUDIT_LOG,
        Permission.READ_JOBS,
        Permission.MANAGE_USERS,
        Permission.MANAGE_DEVICES,
        Permission.MANAGE_API_TOKENS,
    },
    Role.MANAGER: _DECIDES
    | {Permission.MANAGE_DEVICES, Permission.MANAGE_RETENTION, Permission.READ_AUDIT_LOG},
    Role.QUALITY: _DECIDES,
    Role.INSPECTOR: _CAPTURES,
    Role.OBSERVER: _READS,
    Role.SUPPLIER_CONTACT: frozenset({Permission.READ_OWN_ACCOUNT}),
}


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account who holds a link to one notice. Nothing but that notice is open
    to them, and of that only answering it. *address* and *device* are where they come from."""

    link_id: str
    notice_id: str
    site_id: str
    address: str
    device: str


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (and their device) on whose behalf something happens.

    ``roles`` maps each site the person works at to the roles held there; roles held at every site
    have been spread over all sites of the organisation when the actor was made.
    """

    user_id: str
    username: str
    display_name: str
    organisation_id: str
    device_id: str | None = None
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    vouched_by: str | None = None
    """The reviewer who has this person's work from before carried out."""
    guest: Guest | None = None
    """Set for who answers by link; such an actor holds no role anywhere."""
    reads: frozenset[str] | None = None
    """Set for a business tool's token: what of ``READINGS`` it may read, and nothing besides."""

    @property
    def site_ids(self) -> frozenset[str]:
        return frozenset(self.roles)

    @property
    def only_site(self) -> str | None:
        """The site of somebody who works at one; None for somebody who works at several."""
        return next(iter(self.roles)) if len(self.roles) == 1 else None

    def may(self, permission: Permission, site_id: str | None = None) -> bool:
        """Whether *permission* is held at *site_id*, or, without one, at any site."""
        if site_id is not None:
            held = self.roles.get(site_id, frozenset())
            return any(permission in ROLE_PERMISSIONS[role] for role in held)
        return any(
            permission in ROLE_PERMISSIONS[role] for held in self.roles.values() for role in held
        )

    def sites_with(self, permission: Permission) -> frozenset[str]:
        return frozenset(site for site in self.roles if self.may(permission, site))

    def require(self, permission: Permission, site_id: str | None = None) -> None:
        """Refuse unless *permission* is held; a site that is not the actor's does not exist."""
        if site_id is not None and site_id not in self.roles:
            raise Problem(RECORD_NOT_FOUND)
        if not self.may(permission, site_id):
            raise Problem(FORBIDDEN, permission=permission.value)

    def require_answering(self, notice_id: str) -> None:
        """Refuse unless this guest's link is for the notice: any other does not exist for them."""
        if self.guest is None or self.guest.notice_id != notice_id:
            raise Problem(RECORD_NOT_FOUND)

    def own_site(self, site_id: str | None) -> str:
        """*site_id* if given, else the one site the actor works at."""
        if site_id is not None:
            return site_id
        if self.only_site is None:
            raise Problem(SITE_REQUIRED)
        return self.only_site


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    ``refusal`` is set where the device was revoked or the account disabled since they signed in:
    what they captured before may still be handed over, with this said about each piece, and
    nothing else is open to them. ``barred`` is what every other route answers then.
    """

    actor: Actor
    refusal: Problem | None = None
    barred: Problem | None = None
