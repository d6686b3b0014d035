"""Organisation → sites → users, their memberships, devices and sign-ins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.access import Role
from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText

ROLE_CHECK = "role IN ({})".format(", ".join(f"'{role}'" for role in Role))


class Organisation(Base):
    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Site(OrganisationScoped, Base):
    """A canteen, store or yard where goods arrive. ``code`` stands in document numbers."""

    __tablename__ = "sites"
    __table_args__ = (
        Index(None, "organisation_id", "code", unique=True),
        Index("uq_sites_organisation_id_id", "organisation_id", "id", unique=True),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[str | None] = mapped_column(String(16))
    longitude: Mapped[str | None] = mapped_column(String(16))
    radius_m: Mapped[int | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class User(OrganisationScoped, Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    memberships: Mapped[list[Membership]] = relationship(back_populates="user", lazy="raise")


class Membership(OrganisationScoped, Base):
    """A role held at one site, or, without a site, at every site of the organisation."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(ROLE_CHECK, name="role"),
        Index(None, "user_id", "site_id", "role", unique=True),
    )

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    site_id: Mapped[str | None] = mapped_column(UuidText, ForeignKey("sites.id"), index=True)
    role: Mapped[str] = mapped_column(String(32))
    user: Mapped[User] = relationship(back_populates="memberships", lazy="raise")


class Device(OrganisationScoped, Base):
    """One installation of the phone app; several people may share it."""

    __tablename__ = "devices"

    organisation_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("organisations.id"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))


class AccessToken(OrganisationScoped, Base):
    """A sign-in. Only the SHA-256 of the token is kept."""

    __tablename__ = "access_tokens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "device_id"], ["devices.organisation_id", "devices.id"]
        ),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class LoginFailure(Base):
    """One refused sign-in, counted against the name and against the address it came from."""

    __tablename__ = "login_failures"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    username: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    failed_at: Mapped[datetime] = mapped_column(index=True)
