"""One small world for all end-to-end tests: loaded once as `make run` does it, ended afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.small_world import SmallWorld, small_world


@dataclass(frozen=True)
class Loaded:
    """The lake, how long its load took, and what its tables held right after."""

    world: SmallWorld
    seconds: float
    tables: dict[str, str]


@pytest.fixture(scope="session")
def loaded() -> Iterator[Loaded]:
    """The load itself; tests take ``running_lake``, ``calm_tables`` or ``load_seconds``."""
    world = small_world("test").fresh()
    try:
        start = time.monotonic()
        code, output = world.control("run")
        assert code == 0, f"make run failed on the small world:\n{output[-6000:]}"
        yield Loaded(world, time.monotonic() - start, world.table_hashes())
    finally:
        world.control("stop")


@pytest.fixture(scope="session")
def running_lake(loaded: Loaded) -> SmallWorld:
    """Loaded, built, published, deployed and running; addresses in ``running_lake.values``."""
    return loaded.world


@pytest.fixture(scope="session")
def calm_tables(loaded: Loaded) -> dict[str, str]:
    """Table → content hash after an undisturbed load."""
    return loaded.tables


@pytest.fixture(scope="session")
def load_seconds(loaded: Loaded) -> float:
    """Wall seconds of the undisturbed load."""
    return loaded.seconds
