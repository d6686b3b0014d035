"""What a story is told from: one word that gives the same story again."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace

_WORD = re.compile(r"(?P<seed>[\w-]+)(@(?P<steps>\d+)@(?P<began_at>\d+))?")


@dataclass(frozen=True)
class Script:
    """``seed`` decides everything that is drawn, ``began_at`` [s since 1970] is what the phones'
    clocks start from, and with ``steps`` the story has that many, however long they take."""

    seed: str
    began_at: int
    steps: int | None = None

    def __str__(self) -> str:
        return self.seed if self.steps is None else f"{self.seed}@{self.steps}@{self.began_at}"

    def of_steps(self, steps: int) -> Script:
        return replace(self, steps=steps)


def read_script(word: str | None) -> Script:
    """*word* as a story printed it, a seed of one's own choice, or nothing for a new one."""
    word = word or os.urandom(4).hex()
    found = _WORD.fullmatch(word)
    if found is None:
        raise ValueError(f"not a seed: {word!r}")
    if found["steps"] is None:
        return Script(word, int(time.time()))
    return Script(found["seed"], int(found["began_at"]), int(found["steps"]))
