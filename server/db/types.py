"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

UuidText = Uuid(as_uuid=False)
"""UUIDs are text everywhere in the program, as they are on the wire; the database packs them."""


def new_id(now: datetime) -> str:
    """A UUIDv7: ordered by *now*, so that fresh rows lie together in every index."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. A naive one is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            of_sqlite: datetime = value.replace(tzinfo=UTC)
            return of_sqlite
        aware: datetime = value
        return aware.astimezone(UTC)


class Quantity(TypeDecorator[Decimal]):
    """A quantity with up to three decimals, stored as whole thousandths.

    SQLite would keep a NUMERIC as a float, and a CHECK over floats cannot promise that
    delivered = accepted + rejected + pending.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        thousandths = value * 1000
        if thousandths != thousandths.to_integral_value():
            raise ValueError(f"a quantity has at most three decimals: {value}")
        return int(thousandths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 1000
