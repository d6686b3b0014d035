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
    forget_peak_memory,
    peak_memory_kib,
)

BATCH = 50
ROUNDS = 7
REQUESTS = 16
CONNECTIONS = 8
SINGLES = 60
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
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(seconds_for(bench.ours.port, [bench.pull(cursor)] * times, 2))
        bare.append(seconds_for(bench.bare.port, [get(path)] * times, 2))
    ceiling = times * PAGE / statistics.median(bare)
    return Measurement(
        name,
        times * PAGE / statistics.median(ours),
        "records/s",
        goal=0.6 * ceiling,
        more_is_better=True,
        beside=(Beside("bare Flask, the same rows", ceiling),),
    )


def polling(name: str, bench: Bench) -> Measurement:
    """1, 10, 100 and 1,000 devices that have everything ask whether there is more."""
    tokens, cursor = bench.devices(1000), bench.cursor_at(bench.position())
    path = f"/api/v1/sync/pull?limit=1000&cursor={cursor}"
    best: dict[int, float] = {}
    for _ in range(ROUNDS):
        for devices in (1, 10, 100, 1000):
            asked = [get(path, tokens[n % devices]) for n in range(200)]
            taken = seconds_for(bench.ours.port, asked, min(devices, CONNECTIONS)) / len(asked)
            best[devices] = min(best.get(devices, taken), taken)
    return _growth(f"a poll among 1,000 devices, {name}", "ms", best[10] * 1000, best[1000] * 1000)


def page_by_log_size(name: str, bench: Bench) -> Measurement:
    """A page from the middle of 10,000, 100,000 and 1,000,000 changes."""
    best: dict[int, float] = {}
    for size in (10_000, 100_000, 1_000_000):
        bench.fill_log(size)
        asked = [bench.pull(bench.cursor_at(max(size // 2, 8_000)))] * 10
        taken = [seconds_for(bench.ours.port, asked, 1) / len(asked) for _ in range(3)]
        best[size] = min(taken)
    least, most = best[10_000] * 1000, best[1_000_000] * 1000
    return _growth(f"a page of 1,000,000 changes, {name}", "ms", least, most)


def _growth(name: str, unit: str, before: float, after: float) -> Measurement:
    """*after* should be no more than *before*; what lies within a third is the machine's noise."""
    beside = (Beside("the same with a hundredth", before),)
    return Measurement(name, after, unit, goal=4 / 3 * before, beside=beside)


def memory_of_a_first_pull(name: str, bench: Bench) -> Measurement:
    """By how much a worker grows while it serves 100,000 records, packed, page by page."""
    workers = bench.ours.worker_ids()
    for worker in workers:
        forget_peak_memory(worker)
    before = max(peak_memory_kib(worker) for worker in workers)
    cursor = bench.cursor_at(10_000)
    with Wire(bench.ours.port) as wire:
        for _ in range(100):
            asked = bench.pull(cursor, headers="Accept-Encoding: gzip")
            status, body = wire.ask(asked)
            if status != 200:
                raise RuntimeError(f"the server refused: {body[:400]!r}")
            cursor = json.loads(gzip.decompress(body))["cursor"]
    after = max(peak_memory_kib(worker) for worker in workers)
    return Measurement(f"memory for 100,000 records, {name}", (after - before) / 1024, "MiB", 32)
