"""Eight phones, a bad line and a server that is killed, on both databases.

A longer run: ``make soak MINUTES=30``. The same one again: ``make soak SEED=…`` with the word that
a failure prints; it tells the story on both databases, as far as the operating system lets it.
"""

from __future__ import annotations

import os

from tests.scenarios.live_server import live_server
from tests.simulator.checks import faults_found, read_truth, summary
from tests.simulator.script import read_script
from tests.simulator.simulation import Simulation

STEPS = 70
"""Not a time: a slow machine takes longer, and the same happens on it."""


def test_after_every_trouble_all_phones_equal_the_server(world, settings, tmp_path):
    script = read_script(os.environ.get("YANSHOU_TESTS_SEED"))
    if script.steps is None:
        script = script.of_steps(STEPS)
    with (
        live_server(settings) as server,
        Simulation(world.app, world, server, tmp_path, script) as simulation,
    ):
        simulation.run()
        simulation.settle()
    truth = read_truth(simulation)
    told = summary(simulation, truth)
    found = faults_found(simulation, truth)
    (tmp_path / "story.txt").write_text(simulation.story(), encoding="utf-8")
    again = f"again: {simulation.again()}"
    assert found == [], f"{told}\n{again}\n" + "\n".join(found[:20])
    acknowledged = sum(told.get(f"told {how}", 0) for how in ("applied", "merged", "duplicate"))
    # Chance decides how much of it is refused: about forty on average.
    assert acknowledged > 15, f"too little happened: {told}; {again}"
