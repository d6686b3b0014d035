"""Transfers under way. The bytes that arrived are in a part file named by the upload's id."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.db.base import Base, OrganisationScoped
from server.db.types import UuidText


class Upload(OrganisationScoped, Base):
    """The offset is not kept here: it is the length of the part file, which cannot lie.

    ``length`` is null until a client that did not know it says it.
    """

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(UuidText, primary_key=True)
    user_id: Mapped[str] = mapped_column(UuidText, ForeignKey("users.id"))
    device_id: Mapped[str | None] = mapped_column(String(64))
    length: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    upload_metadata: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]
