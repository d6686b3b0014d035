"""Eight phones, a bad line and a server that is killed, on both databases.

A longer run, or the same one again: ``make soak MINUTES=30 SEED=…``.
"""

from __future__ import annotations

import os

from tests.scenarios.live_server import live_server
from tests.simulator.checks import faults_found, read_truth, summary
from tests.simulator.simulation import Simulation

SECONDS = 30


def test_after_every_trouble_all_phones_equal_the_server(world, settings, tmp_path):
    seed = os.environ.get("YANSHOU_TESTS_SEED") or os.urandom(4).hex()
    with live_server(settings) as server:
        simulation = Simulation(world.app, world, server, tmp_path, seed)
        simulation.prepare()
        simulation.run(SECONDS)
        simulation.settle()
    truth = read_truth(simulation)
    told = summary(simulation, truth)
    found = faults_found(simulation, truth)
    again = f"again: make soak SEED={seed} MINUTES=1"
    assert found == [], f"{told}\n{again}\n" + "\n".join(found[:20])
    assert told.get("told applied", 0) > 50, f"too little happened: {told}; {again}"
