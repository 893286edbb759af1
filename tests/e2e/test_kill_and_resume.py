"""kill -9 at random moments of a load, then resume: the same tables. `make chaos` takes 20 moments, this one 3."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from tests.e2e.kills import load_under_fire
from tests.small_world import SmallWorld, small_world

MOMENTS = int(os.environ.get("LAKE_CHAOS_MOMENTS", "3"))
PER_LOAD = 5
SEED = 20261122


@pytest.fixture
def other_world() -> Iterator[SmallWorld]:
    world = small_world("test-chaos").fresh()
    yield world
    world.fresh()


@pytest.mark.chaos
@pytest.mark.parametrize("load", range((MOMENTS + PER_LOAD - 1) // PER_LOAD))
def test_the_same_tables_whatever_was_killed(
    calm_tables: dict[str, str], load_seconds: float, other_world: SmallWorld, load: int
) -> None:
    kills = min(PER_LOAD, MOMENTS - load * PER_LOAD)
    fire = load_under_fire(other_world, kills, load_seconds, random.Random(SEED + load))
    print("\n".join(f"killed after {moment:.0f} s: {name}" for moment, name in fire.killed))
    assert len(fire.killed) == kills
    assert other_world.table_hashes() == calm_tables
