"""Windows of the first load, by calendar."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from infra.process.backfill import BackfillRefused, midnight, plan
from infra.process.demonstration import month_before, windows
from infra.process.registry import dag_registry, upstream_pools
from infra.settings import LOCAL_TZ, Settings


def asked(today: date, world: str) -> dict[str, tuple[str, str]]:
    return {one.dag_id: (one.first, one.last) for one in windows(Settings(world=world), today)}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-11-22", 0, "2026-11"), ("2026-11-22", 24, "2024-11"), ("2026-01-31", 1, "2025-12")],
)
def test_months_before(day: str, months: int, expected: str) -> None:
    assert month_before(date.fromisoformat(day), months) == expected


def test_windows_of_both_worlds() -> None:
    full, small = (asked(date(2026, 11, 22), world) for world in ("full", "small"))
    grains = {family.source: family for family in dag_registry().families()}
    assert len(full) == len(grains) + 2
    assert full["load_fleet_positions"] == small["load_fleet_positions"] == ("2026-11-21", "2026-11-21")
    for source, family in grains.items():
        got = (full[f"load_{source}"], small[f"load_{source}"])
        if family.closed:
            assert got == (("2013-01", "2013-12"), ("2013-01", "2013-01"))
        elif family.grain == "month":
            assert got == (("2024-11", "2026-11"), ("2026-08", "2026-11"))
        else:
            assert got == (("2026-11-19", "2026-11-21"), ("2026-11-21", "2026-11-21"))
    assert full["load_gold"] == ("", "")


def test_the_last_load_is_gold() -> None:
    loads = windows(Settings(world="small"), date(2026, 11, 22))
    assert loads[-1].dag_id == "load_gold"
    assert len({(one.dag_id, one.run_id) for one in loads}) == len(loads)


def test_pools_one_for_each_platform() -> None:
    assert len(upstream_pools()) == len(set(upstream_pools())) >= 5


AT = datetime(2026, 11, 22, 9, tzinfo=LOCAL_TZ)


def monthly() -> str:
    return next(one.source for one in dag_registry().families() if one.grain == "month" and not one.closed)


def test_few_closed_windows_are_airflows_own_backfill() -> None:
    work = plan(monthly(), ["2026-08", "2026-09", "2026-10"], "late reports ", AT)
    assert (work.ranged, work.first, work.last, work.reason) == (False, "2026-08", "2026-10", "late reports")


def test_many_windows_or_the_running_one_are_a_range_run() -> None:
    assert plan(monthly(), [f"2025-{month:02d}" for month in range(1, 13)], "x", AT).ranged
    assert plan(monthly(), ["2026-10", "2026-11"], "x", AT).ranged


def test_windows_to_come_are_left_out_or_refused() -> None:
    assert plan(monthly(), ["2026-10", "2026-12"], "x", AT).windows == ("2026-10",)
    with pytest.raises(BackfillRefused, match="2026-12"):
        plan(monthly(), ["2026-12"], "x", AT)


def test_partition_dates_are_local_midnights() -> None:
    assert midnight("2026-10").isoformat() == "2026-10-01T00:00:00+08:00"
    assert midnight("2026-10-31").isoformat() == "2026-10-31T00:00:00+08:00"
