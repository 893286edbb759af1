"""Forecast rows from monthly history: grain, months ahead, short series."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from spark_jobs.engine.carbon_forecast import HORIZON_MONTHS, _last_month, forecast_rows, history_sql


def history(months: int, sector: str = "aviation") -> pa.Table:
    return pa.table(
        {
            "boundary": ["legal_entity"] * months,
            "sector": [sector] * months,
            "period_month": [f"{2024 + (10 + i) // 12}-{(10 + i) % 12 + 1:02d}" for i in range(months)],
            "co2_t": [1000.0 + 10 * (i % 12) for i in range(months)],
        }
    )


def test_months_follow_the_last_one_and_the_interval_holds_the_mean() -> None:
    rows = forecast_rows(history(24)).to_pylist()
    assert [row["period_month"] for row in rows] == [
        f"{2026 + (10 + i) // 12}-{(10 + i) % 12 + 1:02d}" for i in range(HORIZON_MONTHS)
    ]
    assert all(row["low_90_t"] <= row["co2_t"] <= row["high_90_t"] for row in rows)
    assert {(row["sector"], row["history_months"], row["last_month"]) for row in rows} == {("aviation", 24, "2026-10")}


def test_too_short_a_series_gives_no_row() -> None:
    both = pa.concat_tables([history(3, "metro"), history(24, "port")])
    assert {row["sector"] for row in forecast_rows(both).to_pylist()} == {"port"}
    assert forecast_rows(history(0)).num_rows == 0


@pytest.mark.parametrize(
    ("today", "month"),
    [(date(2026, 11, 22), "2026-10"), (date(2026, 11, 15), "2026-09"), (date(2026, 1, 3), "2025-11")],
)
def test_a_month_counts_when_its_reports_are_due(today: date, month: str) -> None:
    assert _last_month(today) == month


def test_months_known_by_late_corrections_only_are_no_history() -> None:
    with duckdb.connect() as connection:
        connection.execute("""
          create table emission as
          select true as is_official, null as known_to, '' as memo_item, 'CO2' as gas, 'TTW' as chain,
            true as counted_in_city, 'month' as period_grain, 'legal_entity' as boundary, *
          from (values ('port', '2026-05', 'E1', 10.0), ('port', '2026-06', 'E1', 1000.0),
            ('port', '2026-06', 'E2', 2000.0), ('coach', '2026-06', 'E3', 500.0), ('port', '2026-07', 'E1', 1000.0),
            ('port', '2026-08', 'E1', 9.0)) as t (sector, period_month, entity_id, mass_kg)
        """)
        found = connection.execute(history_sql("emission", "2026-07")).fetchall()
    assert found == [
        ("legal_entity", "all", "2026-06", 3.5),
        ("legal_entity", "all", "2026-07", 1.0),
        ("legal_entity", "coach", "2026-06", 0.5),
        ("legal_entity", "port", "2026-06", 3.0),
        ("legal_entity", "port", "2026-07", 1.0),
    ]
