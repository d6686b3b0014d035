"""How fast push and pull are, each beside the least a Flask service could do, in the same run.

What is compared runs in turns, so that a machine that is busy for a while slows both.
"""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Sequence

from tests.bench.measuring import Beside, Measurement
from tests.bench.serving import Wire, get, seconds_for, seconds_of_each
from tests.bench.sync_world import (
    Bench,
    bench_over,
    databases,
    peak_memory_kib,
)

BATCH = 50
ROUNDS = 5
REQUESTS = 8
CONNECTIONS = 8
SINGLES = 40
PAGE = 1000


def measure() -> list[Measurement]:
    found: list[Measurement] = []
    with databases() as urls:
        for name, pair in urls.items():
            with bench_over(pair) as bench:
                found += [batches(name, bench), singles(name, bench)]
                found += [pages_of_receipts(name, bench), pages_of_entries(name, bench)]
                found += [polling(name, bench), page_by_log_size(name, bench)]
                found += [memory_of_a_first_pull(name, bench)]
    return found


# -- push ------------------------------------------------------------------------------------------


def batches(name: str, bench: Bench) -> Measurement:
    """Typical receipts, 50 a push, from several phones at once."""
    turns = []
    for _ in range(ROUNDS + 1):
        to_us, to_bare = bench.pushes(REQUESTS, BATCH)
        turns.append(
            (
                seconds_for(bench.ours.port, to_us, CONNECTIONS),
                seconds_for(bench.bare.port, to_bare, CONNECTIONS),
            )
        )
    # The first turn fills caches on both sides.
    return _rate(
        f"push, batches of {BATCH}, {name}", "receipts/s", REQUESTS * BATCH, turns[1:], 0.2
    )


def singles(name: str, bench: Bench) -> Measurement:
    """One receipt a push, one push at a time."""
    turns = []
    for _ in range(ROUNDS + 1):
        to_us, to_bare = bench.pushes(SINGLES, 1)
        ours, bare = (
            statistics.median(seconds_of_each(server.port, sent))
            for server, sent in ((bench.ours, to_us), (bench.bare, to_bare))
        )
        turns.append((ours, bare))
    ours, bare = _typical(turns[1:])
    return Measurement(
        f"push, one receipt, {name}",
        ours * 1000,
        "ms, median",
        goal=3 * bare * 1000,
        beside=(Beside("bare Flask", bare * 1000),),
    )


def _typical(turns: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The turn whose ratio is the median one: what stood in it side by side."""
    return sorted(turns, key=lambda turn: turn[0] / turn[1])[len(turns) // 2]


def _rate(
    name: str, unit: str, count: int, turns: Sequence[tuple[float, float]], share: float
) -> Measurement:
    """So many a second, and beside it what the bare endpoint did in the same turn."""
    ours, bare = _typical(turns)
    return Measurement(
        name,
        count / ours,
        unit,
        goal=share * count / bare,
        more_is_better=True,
        beside=(Beside("bare Flask, in the same turn", count / bare),),
    )


# -- pull ------------------------------------------------------------------------------------------


def pages_of_receipts(name: str, bench: Bench) -> Measurement:
    """What the pushes above have left: receipts with their basis and verdict."""
    return _pages(f"pull, pages of receipts, {name}", bench, 0, 2)


def pages_of_entries(name: str, bench: Bench) -> Measurement:
    """Small records, of which most time goes into what is not the record."""
    bench.fill_log(10_000)
    return _pages(f"pull, pages of small records, {name}", bench, 8_000, 10)


def _pages(name: str, bench: Bench, after: int, times: int) -> Measurement:
    cursor = bench.cursor_at(after)
    path = f"/pull?organisation={bench.organisation_id}&after={after}&limit={PAGE}"
    turns = [
        (
            seconds_for(bench.ours.port, [bench.pull(cursor)] * times, 2),
            seconds_for(bench.bare.port, [get(path)] * times, 2),
        )
        for _ in range(ROUNDS + 1)
    ]
    return _rate(name, "records/s", times * PAGE, turns[1:], 0.6)


def polling(name: str, bench: Bench) -> Measurement:
    """1, 10, 100 and 1,000 devices that have everything ask whether there is more."""
    tokens, cursor = bench.devices(1000), bench.cursor_at(bench.position())
    path = f"/api/v1/sync/pull?limit=1000&cursor={cursor}"
    turns = []
    for _ in range(ROUNDS):
        taken = {}
        for devices in (1, 10, 100, 1000):
            asked = [get(path, tokens[n % devices]) for n in range(200)]
            taken[devices] = seconds_for(bench.ours.port, asked, min(devices, CONNECTIONS)) / 200
        turns.append((taken[1000], taken[10]))
    return _growth(f"a poll among 1,000 devices, {name}", turns)


def page_by_log_size(name: str, bench: Bench) -> Measurement:
    """A page from the middle of 10,000, 100,000 and 1,000,000 changes."""
    least: dict[int, float] = {}
    for size in (10_000, 100_000, 1_000_000):
        bench.fill_log(size)
        asked = [bench.pull(bench.cursor_at(max(size // 2, 8_000)))] * 10
        taken = [seconds_for(bench.ours.port, asked, 1) / len(asked) for _ in range(ROUNDS)]
        least[size] = min(taken)
    return _growth(f"a page of 1,000,000 changes, {name}", [(least[1_000_000], least[10_000])])


def _growth(name: str, turns: Sequence[tuple[float, float]]) -> Measurement:
    """The larger should cost no more than the smaller; a third is the machine's noise."""
    after, before = _typical(turns)
    beside = (Beside("the same with a hundredth", before * 1000),)
    return Measurement(name, after * 1000, "ms", goal=4 / 3 * before * 1000, beside=beside)


def memory_of_a_first_pull(name: str, bench: Bench) -> Measurement:
    """By how much a fresh worker grows while it serves 100,000 records, packed, page by page."""
    with bench.fresh_server() as server:
        with Wire(server.port) as wire:
            for _ in range(20):  # the statements, and what is loaded with the first request
                wire.ask(bench.pull(bench.cursor_at(bench.position())))
            workers = server.worker_ids()
            before = max(peak_memory_kib(worker) for worker in workers)
            cursor = bench.cursor_at(10_000)
            for _ in range(100):
                asked = bench.pull(cursor, headers="Accept-Encoding: gzip")
                status, body = wire.ask(asked)
                if status != 200:
                    raise RuntimeError(f"the server refused: {body[:400]!r}")
                cursor = json.loads(gzip.decompress(body))["cursor"]
        after = max(peak_memory_kib(worker) for worker in workers)
    return Measurement(f"memory for 100,000 records, {name}", (after - before) / 1024, "MiB", 32)
