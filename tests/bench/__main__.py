"""Run the suites named on the command line, or all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import (
    desk_suite,
    phone_suite,
    picture_suite,
    sampling_suite,
    sync_suite,
    taps_suite,
    upload_suite,
)
from tests.bench.measuring import Measurement, as_table, write_json

SUITES: Mapping[str, Callable[[], list[Measurement]]] = {
    "desk": desk_suite.measure,
    "phone": phone_suite.measure,
    "pictures": picture_suite.measure,
    "sampling": sampling_suite.measure,
    "sync": sync_suite.measure,
    "taps": taps_suite.measure,
    "uploads": upload_suite.measure,
}
FOLDER = Path("var/bench")


def main(names: Sequence[str]) -> int:
    """Figures are facts about a machine: a goal that was missed is shown and fails nothing."""
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"no suite {', '.join(unknown)}; there are: {', '.join(SUITES)}", file=sys.stderr)
        return 2
    for name in names or SUITES:
        measurements = SUITES[name]()
        path = write_json(name, measurements, FOLDER)
        print(f"{name}\n\n{as_table(measurements)}\n\n{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
