"""argon2id, with its cost from the settings."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.config import Settings

# Without letters and digits that are taken for one another when they are read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def generated_password() -> str:
    """A new password of four groups, 79 bits, to be handed to somebody."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _nobodys_hash(time_cost: int, memory_kib: int) -> str:
    return _hasher(time_cost, memory_kib).hash("nobody has this password")


def hash_password(settings: Settings, password: str) -> str:
    return _hasher(settings.argon2_time_cost, settings.argon2_memory_kib).hash(password)


def is_right_password(settings: Settings, password_hash: str | None, password: str) -> bool:
    """Compare in the same time whether or not the user exists (*password_hash* is None)."""
    cost = settings.argon2_time_cost, settings.argon2_memory_kib
    try:
        _hasher(*cost).verify(password_hash or _nobodys_hash(*cost), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
