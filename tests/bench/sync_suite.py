"""How fast push and pull are, each beside the least a Flask service could do, in the same run.

What is compared runs in turns, so that a machine that is busy for a while slows both.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.bench.measuring import Beside, Measurement
from tests.bench.serving import seconds_for, seconds_of_each
from tests.bench.sync_world import Bench, bench_over, databases

BATCH = 50
ROUNDS = 7
REQUESTS = 16
CONNECTIONS = 8
SINGLES = 60


def measure() -> list[Measurement]:
    found: list[Measurement] = []
    with databases() as urls:
        for name, pair in urls.items():
            with bench_over(pair) as bench:
                found += [batches(name, bench), singles(name, bench)]
    return found


def batches(name: str, bench: Bench) -> Measurement:
    """Typical receipts, 50 a push, from several phones at once."""
    ours, bare = [], []
    for turn in range(ROUNDS):
        to_us, to_bare = bench.pushes(REQUESTS, BATCH)
        ours.append(seconds_for(bench.ours.port, to_us, CONNECTIONS))
        bare.append(seconds_for(bench.bare.port, to_bare, CONNECTIONS))
        if turn == 0:  # the first fills caches on both sides
            ours.clear()
            bare.clear()
    receipts = REQUESTS * BATCH
    ceiling = receipts / statistics.median(bare)
    return Measurement(
        f"push, batches of {BATCH}, {name}",
        receipts / statistics.median(ours),
        "receipts/s",
        goal=0.2 * ceiling,
        more_is_better=True,
        beside=(Beside("bare Flask, inserted unread", ceiling),),
    )


def singles(name: str, bench: Bench) -> Measurement:
    """One receipt a push, one push at a time."""
    to_us, to_bare = bench.pushes(3 * SINGLES, 1)
    ours, bare = [], []
    for start in range(0, len(to_us), SINGLES):
        part = slice(start, start + SINGLES)
        ours += seconds_of_each(bench.ours.port, to_us[part])
        bare += seconds_of_each(bench.bare.port, to_bare[part])
    return _median(f"push, one receipt, {name}", ours, bare, 3)


def _median(name: str, ours: Sequence[float], bare: Sequence[float], times: float) -> Measurement:
    ceiling = statistics.median(bare) * 1000
    return Measurement(
        name,
        statistics.median(ours) * 1000,
        "ms, median",
        goal=times * ceiling,
        beside=(Beside("bare Flask", ceiling),),
    )
