"""One small world for all end-to-end tests: loaded once as `make run` does it, ended afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.small_world import SmallWorld, small_world


@pytest.fixture(scope="session")
def running_lake() -> Iterator[SmallWorld]:
    """Loaded, built, published, deployed and running; addresses in ``running_lake.values``."""
    world = small_world("test").fresh()
    try:
        code, output = world.control("run")
        assert code == 0, f"make run failed on the small world:\n{output[-6000:]}"
        yield world
    finally:
        world.control("stop")
