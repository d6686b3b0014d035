"""Every test here runs once for each store."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.phone import Desk
from tests.conformance.worlds import MemoryWorld, World

WORLDS: dict[str, Callable[[pytest.FixtureRequest], World]] = {
    "memory": lambda _request: MemoryWorld(),
}


@pytest.fixture(params=sorted(WORLDS))
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param](request)


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)
