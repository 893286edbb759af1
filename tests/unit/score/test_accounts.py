"""The accounts report on a release of a few rows, counted by hand."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from infra.upstream.reporting.rows import Rows
from infra.upstream.world.model import World
from tests.score.accounts import estimates, report, text_of
from tests.score.truth import Planted

FEED = "reporting.energy_monthly"
SEED = 20241101


def planted(kind: str, code: str, period: str) -> Planted:
    return Planted(kind, FEED, {"enterprise_code": code, "period": period}, period, 1, "2026-11", None, None)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Three judged pairs of two enterprises, one resale of two months, one estimate that is right to 10 %."""
    world = World(SEED, "small")
    first = world.enterprises[0]
    energy = world.physics.energies(first)[0]
    used = Rows(world).energy(first, energy, (2026, 8))["consumption"]
    path = tmp_path / "marts.duckdb"
    with duckdb.connect(str(path)) as db:
        db.execute("""create table fct_triangulation_month as select * from (values
            ('A', '2026-08', true), ('A', '2026-08', false), ('A', '2026-09', true), ('B', '2026-08', false),
            ('B', '2026-09', true)) as t (enterprise_code, month, is_alarmed)""")
        db.execute("""create table fct_double_count_month as select * from (values
            ('P', '2026-08', true), ('P', '2026-09', false)) as t (enterprise_code, month, is_double_counted)""")
        db.execute("""create table fct_energy_line (enterprise_code varchar, month varchar, boundary varchar,
            object_type varchar, evidence varchar, energy_type varchar, data_grade varchar, quantity double,
            activity_rsu double)""")
        line = (first.code, "2026-08", "legal_entity", "enterprise", "computed", energy, "estimated", used * 1.1, 0.2)
        db.execute("insert into fct_energy_line values (?, ?, ?, ?, ?, ?, ?, ?, ?)", line)
        other = ("B", *line[1:6], "reported", 1.0, 0.02)
        db.execute("insert into fct_energy_line values (?, ?, ?, ?, ?, ?, ?, ?, ?)", other)
    return path


def test_cases_finds_and_false_alarms_are_counted_by_enterprise_month(release: Path) -> None:
    first = World(SEED, "small").enterprises[0].code
    truth = [
        planted("under_report", "A", "2026-08"),
        planted("under_report", "Z", "2026-08"),  # never judged: no case
        planted("lasting_bias", "B", "2026-08"),
        planted("lasting_bias", "B", "2026-09"),
        planted("missing", first, "2026-08"),
        planted("double_count", "P", "2026-08"),
        planted("double_count", "P", "2026-09"),
    ]
    single, lasting, missing, double = report(release, truth)
    # A's other month is alarmed and sound; B's months are a bias, neither single nor sound.
    assert (single.planted, single.found, single.false_alarms, single.sound) == (1, 1, 1, 1)
    assert (lasting.planted, lasting.found) == (1, 1)
    assert (missing.planted, missing.found, missing.false_alarms, missing.sound) == (1, 1, 0, 1)
    assert (double.planted, double.found, double.share) == (2, 1, 0.5)


def test_estimates_are_held_against_what_was_used(release: Path) -> None:
    gaps = estimates(release, World(SEED, "small"))
    assert (gaps.energies, gaps.within_95) == (1, 1.0)
    assert gaps.median_error == pytest.approx(0.1)
    assert "10.0%" in text_of(report(release, []), gaps)
