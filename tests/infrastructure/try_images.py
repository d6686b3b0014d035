"""Put every image of a folder through what an upload and the examination do with it.

Run as a process of its own, so that its memory can be measured: prints JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path

from server.attachments.images import ImageLimits, inspect_photo
from server.attachments.pictures import make_small_versions
from server.config import Settings
from server.errors import Problem

LIMITS = ImageLimits(Settings.image_pixels_max, Settings.image_frames_max)


def main(folder: Path) -> None:
    before = _peak_mebibytes()
    outcomes = {
        str(path.relative_to(folder)): _outcome(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    print(json.dumps({"outcomes": outcomes, "mebibytes": _peak_mebibytes() - before}))


def _outcome(path: Path) -> dict[str, object]:
    start = time.process_time()
    with path.open("rb") as file:
        try:
            inspect_photo(file, LIMITS)
            outcome, status = "stored", 201
        except Problem as problem:
            outcome, status = problem.type.slug, problem.type.status
        if outcome == "stored":
            try:
                make_small_versions(file, LIMITS)
            except Problem as problem:
                outcome = f"stored, {problem.type.slug}"
    seconds = time.process_time() - start
    return {"outcome": outcome, "status": status, "seconds": seconds}


def _peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    # Pillow warns of much that is wrong with these files; what counts is what becomes of them.
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]))
