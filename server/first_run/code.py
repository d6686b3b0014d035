"""The set-up code: whoever can read the terminal, or the data directory, may claim the server.

It lies in the data directory, so that every process knows it and a restart keeps it. Once there is
an organisation it is worth nothing, and the file goes.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

CODE_FILE = "setup-code"
# Without characters that look like others: it is typed from a terminal. 16 of 31 are 79 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _LETTERS = 4, 4


def offer_code(data_dir: Path) -> str:
    """The code of this installation; made when there is none yet, readable by its owner alone."""
    path = data_dir / CODE_FILE
    held = held_code(data_dir)
    if held is not None:
        return held
    made = "-".join(
        "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS)
    )
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Whole or not there at all: another process must never read the beginning of it.
    draft = path.with_name(f".{CODE_FILE}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(
        draft, "x", encoding="ascii", opener=lambda p, flags: os.open(p, flags, 0o600)
    ) as file:
        file.write(made + "\n")
    draft.replace(path)
    return made


def held_code(data_dir: Path) -> str | None:
    """The code that was offered and not used yet."""
    try:
        return (data_dir / CODE_FILE).read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def forget_code(data_dir: Path) -> None:
    (data_dir / CODE_FILE).unlink(missing_ok=True)


def is_right_code(held: str | None, given: str) -> bool:
    """Whether *given* is the code; capitals, spaces and dashes make no difference."""
    return held is not None and hmac.compare_digest(_bare(held), _bare(given))


def _bare(code: str) -> bytes:
    return "".join(code.split()).replace("-", "").casefold().encode()
