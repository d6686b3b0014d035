"""The tokens that were given out, and the sites each of them reads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


class ApiToken(OrganisationScoped, Base):
    """Of the token itself only the SHA-256 is kept, and how it begins."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    beginning: Mapped[str] = mapped_column(String(16))
    reads: Mapped[str] = mapped_column(String(400))
    """What it may read, parted by spaces."""
    made_by: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(UuidText, ForeignKey("users.id"))
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None] = mapped_column(String(64))


class ApiTokenSite(OrganisationScoped, Base):
    __tablename__ = "api_token_sites"

    api_token_id: Mapped[str] = mapped_column(
        UuidText, ForeignKey("api_tokens.id"), primary_key=True
    )
    site_id: Mapped[str] = mapped_column(UuidText, ForeignKey("sites.id"), primary_key=True)
