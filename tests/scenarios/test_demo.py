"""The demo is what newcomers see first: it must hold."""

import subprocess
import sys

from tests.infrastructure.service import ROOT


def test_the_demo_tells_its_whole_story():
    told = subprocess.run(
        [sys.executable, "-m", "tests.demo"], cwd=ROOT, capture_output=True, text=True, timeout=180
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.splitlines()[-1] == "every step held"
    assert "✗" not in told.stdout
