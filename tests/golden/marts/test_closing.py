"""Two closings of the fixture lake: values that a reader works out by hand from `sources.py` and `gold.py`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from spark_jobs.provenance.connection import reading

PARTS = "former_closed_t, late_data_t, correction_t, factor_t, method_t, boundary_t, later_closed_t"


def official(published: Path, sector: str) -> tuple[Decimal, ...]:
    with reading(published / "serving" / "current.duckdb") as query:
        (row,) = query(
            f"select {PARTS} from agg_closing_bridge where account = 'official' and boundary = 'legal_entity' "
            f"and sector = '{sector}' and gas = 'CO2' and chain = 'TTW'"
        )
    return tuple(row.values())


def test_the_port_moved_by_its_factor_alone(published: Path) -> None:
    power, diesel = Decimal("3210") * Decimal("0.42"), Decimal("410") * Decimal("3.1")
    former, late, corrected, factor, method, boundary, later = official(published, "port")
    assert float(former) == pytest.approx(float(power / 2 + diesel))
    assert float(factor) == pytest.approx(float(power / 2))
    assert (late, corrected, method, boundary) == (0, 0, 0, 0)
    assert former + factor == later


def test_the_enterprise_that_came_late_is_late_data_alone(published: Path) -> None:
    former, late, corrected, factor, method, boundary, later = official(published, "shipping")
    assert (former, corrected, factor, method, boundary) == (0, 0, 0, 0, 0)
    assert late == later > 0


def test_the_closed_figure_names_its_emission_rows(published: Path) -> None:
    with reading(published / "serving" / "current.duckdb") as query:
        lost = query(
            """select id from (select unnest(emission_ids) as id from fct_closing_figure where is_latest_closing)
               where id not in (select emission_id from fct_emission_line)"""
        )
        (counted,) = query("select count(*) as n from fct_closing_figure where is_latest_closing")
    assert lost == []
    assert counted["n"] > 0
