"""Figures of the fixture lake, worked out by hand from tests/fixtures/lake (see the constants there)."""

from __future__ import annotations

from decimal import Decimal
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from spark_jobs.provenance.connection import reading

Q95 = 1.959963984540054


def rows(home: Path, sql: str) -> list[dict]:
    with reading(home / "serving" / "current.duckdb") as query:
        return query(sql)


def one(home: Path, sql: str) -> dict:
    found = rows(home, sql)
    assert len(found) == 1, found
    return found[0]


def test_sector_month_of_the_port(published: Path) -> None:
    # E2, 2026-08 is month 19: diesel 200 + 190 + 25 corrected = 415 t × 3.10; electricity 3000 + 190 MWh × 0.42.
    row = one(published, """select * from agg_carbon_sector_month where month = '2026-08' and sector = 'port'
        and boundary = 'legal_entity' and account = 'official' and chain = 'TTW'""")  # fmt: skip
    assert float(row["co2_t"]) == pytest.approx(415 * 3.1 + 3190 * 0.42, rel=1e-12)
    # A year before (month 7): 270 t and 3070 MWh, the same account.
    former = 270 * 3.1 + 3070 * 0.42
    assert float(row["co2_prior_year_t"]) == pytest.approx(former, rel=1e-12)
    assert row["co2_yoy_share"] == pytest.approx((415 * 3.1 + 3190 * 0.42) / former - 1, rel=1e-12)
    # Independent: each activity 2 %. Shared: diesel's and the grid's factor, 5 % each.
    diesel, power = 415 * 3.1, 3190 * 0.42
    variance = (diesel * 0.02) ** 2 + (power * 0.02) ** 2 + (diesel * 0.05) ** 2 + (power * 0.05) ** 2
    assert float(row["co2_high95_t"] - row["co2_t"]) == pytest.approx(Q95 * sqrt(variance), rel=1e-9)


def test_official_is_the_statement_where_it_is_approved(published: Path) -> None:
    row = one(published, """select * from agg_carbon_enterprise_month where month = '2026-08' and enterprise_code = 'E1'
        and boundary = 'legal_entity' and account = 'official' and chain = 'TTW'""")  # fmt: skip
    assert row["account_used"] == "reported"
    assert row["co2_t"] == Decimal("3200")
    assert row["prior_year_co2_t"] == Decimal("3200")


def test_city_total_counts_each_tonne_once(published: Path) -> None:
    # Voyages (E4's ships) are inside E4's report: only E1 … E5's reports enter. Month 19; quantities are base + 190.
    row = one(published, """select * from agg_carbon_city_month where month = '2026-08' and boundary = 'legal_entity'
        and account = 'official' and chain = 'TTW'""")  # fmt: skip
    expected = (
        Decimal("3200")
        + Decimal("415") * Decimal("3.1") + Decimal("3190") * Decimal("0.42")
        + Decimal("20190") * Decimal("0.42")
        + Decimal("240") * Decimal("3.1")
        + Decimal("490") * Decimal("3.1") + Decimal("990") * Decimal("0.42")
    )  # fmt: skip
    assert float(row["co2_t"]) == pytest.approx(float(expected), rel=1e-12)


def test_same_period_is_compared_on_a_comparable_basis(published: Path) -> None:
    # E4 did not report 2025-10: in 2026-10 it enters neither side of the comparison; E5 is not there at all.
    row = one(published, """select * from agg_carbon_city_month where month = '2026-10' and boundary = 'legal_entity'
        and account = 'official' and chain = 'TTW'""")  # fmt: skip
    assert row["enterprises"] == 4
    assert row["yoy_comparable_enterprises"] == 3
    assert float(row["co2_yoy_comparable_t"]) == pytest.approx(float(row["co2_t"]) - 260 * 3.1, rel=1e-12)
    assert row["mom_comparable_enterprises"] == 4


def test_interval_of_the_city_agrees_with_monte_carlo(published: Path) -> None:
    """Two electricity users share one grid factor: it must not average away."""
    lines = rows(published, """select co2_t::double as co2_t, activity_rsu, factor_id, factor_rsu, activity_id
        from fct_emission_line where month = '2026-08' and boundary = 'legal_entity' and is_official and counted_in_city
        and chain = 'TTW'""")  # fmt: skip
    row = one(published, """select * from agg_carbon_city_month where month = '2026-08' and boundary = 'legal_entity'
        and account = 'official' and chain = 'TTW'""")  # fmt: skip
    chance, draws = np.random.default_rng(7), 200_000
    factors = {line["factor_id"]: 1 + line["factor_rsu"] * chance.standard_normal(draws) for line in lines}
    total = sum(
        line["co2_t"] * (1 + line["activity_rsu"] * chance.standard_normal(draws)) * factors[line["factor_id"]]
        for line in lines
    )
    half_width = float(row["co2_high95_t"] - row["co2_low95_t"]) / 2
    assert half_width == pytest.approx(Q95 * total.std(), rel=0.02)
    independent_only = Q95 * sqrt(
        sum((x["co2_t"] * x["activity_rsu"]) ** 2 + (x["co2_t"] * x["factor_rsu"]) ** 2 for x in lines)
    )
    assert half_width > 1.15 * independent_only


def test_energy_of_the_metro(published: Path) -> None:
    # E3, 2026-08: 20190 MWh × 3.6 GJ × 34.12 kgce.
    row = one(published, """select * from agg_energy_sector_month where month = '2026-08' and sector = 'metro'
        and boundary = 'legal_entity' and evidence = 'computed'""")  # fmt: skip
    assert float(row["coal_calorific_tce"]) == pytest.approx(20190 * 3.6 * 34.12 / 1000, rel=1e-12)
    assert float(row["energy_gj"]) == pytest.approx(20190 * 3.6, rel=1e-12)


def test_equal_value_of_a_total_with_electricity_is_unknown(published: Path) -> None:
    """Electricity has no factor of equal value: diesel has its own total, port and city have none."""
    at = "month = '2026-08' and boundary = 'legal_entity' and evidence = 'computed'"
    kinds = rows(published, f"""select energy_type, sum(coal_equal_tce) as equal, sum(coal_calorific_tce) as calorific
        from fct_energy_month where {at} and enterprise_code = 'E2' group by all order by all""")  # fmt: skip
    assert [(r["energy_type"], r["equal"] is None) for r in kinds] == [("diesel", False), ("electricity", True)]
    assert kinds[0]["equal"] == kinds[0]["calorific"] > 0
    for mart, where in (("agg_energy_sector_month", " and sector = 'port'"), ("agg_energy_city_month", "")):
        totals = rows(published, f"select coal_equal_tce from {mart} where {at}{where}")
        assert totals and all(r["coal_equal_tce"] is None for r in totals)


def test_intensity_of_the_metro(published: Path) -> None:
    # 20190 MWh × 0.42 t over 9000 + 19 pkm, in grams; relative variance: activity, factor, denominator.
    row = one(published, """select * from agg_intensity_sector_month where month = '2026-08' and sector = 'metro'
        and boundary = 'legal_entity' and account = 'official' and activity_type = 'passenger_km'""")  # fmt: skip
    expected = 20190 * 0.42 * 1e6 / 9019
    assert float(row["co2_intensity_g_per_unit"]) == pytest.approx(expected, rel=1e-12)
    relative = sqrt(0.02**2 + 0.05**2 + 0.02**2)
    assert float(row["co2_intensity_high95_g_per_unit"]) == pytest.approx(expected * (1 + Q95 * relative), rel=1e-9)


def test_target_progress_to_date(published: Path) -> None:
    # Port, 2026 to August: months 12 … 19 of both energies, the corrected diesel included.
    row = one(published, "select * from agg_target_progress_month where sector = 'port' and month = '2026-08'")
    months = range(12, 20)
    diesel = sum(200 + 10 * m for m in months) + 25
    power = sum(3000 + 10 * m for m in months)
    assert float(row["co2_to_date_t"]) == pytest.approx(diesel * 3.1 + power * 0.42, rel=1e-12)
    assert row["co2_target_used_share"] == pytest.approx((diesel * 3.1 + power * 0.42) / 30000, rel=1e-12)
    assert row["year_elapsed_share"] == pytest.approx(8 / 12)


def test_restatements_of_the_last_week(published: Path) -> None:
    found = rows(published, """select enterprise_code, month, cause, sum(change_co2_t)::double as change,
        count(*) as n from fct_restatement where boundary = 'legal_entity' and account = 'computed:sh_guide'
        group by all order by 1""")  # fmt: skip
    assert [(r["enterprise_code"], r["month"], r["cause"], r["n"]) for r in found] == [
        ("E2", "2026-08", "correction", 1),
        ("E3", "2026-09", "late_data", 1),
    ]
    assert found[0]["change"] == pytest.approx(25 * 3.1, rel=1e-12)
    assert found[1]["change"] == pytest.approx(20200 * 0.42, rel=1e-12)


def test_voyage_intensity(published: Path) -> None:
    # 60 t HFO × 3.114 + 6 t MDO × 3.206 over 24 million t·nm and 600 nm.
    row = one(published, "select * from fct_voyage where voyage_id = 'V019'")
    co2 = 60 * 3.114 + 6 * 3.206
    assert float(row["co2_t"]) == pytest.approx(co2, rel=1e-12)
    assert float(row["co2_intensity_g_per_tnm"]) == pytest.approx(co2 * 1e6 / 24e6, rel=1e-12)
    assert float(row["co2_intensity_kg_per_nm"]) == pytest.approx(co2 * 1e3 / 600, rel=1e-12)


def test_meter_days_and_the_cross_check(published: Path) -> None:
    days = rows(published, "select day, quantity, estimated_quantity from agg_meter_enterprise_day order by day")
    assert [int(d["quantity"]) for d in days] == [2400, 2400, 2400]
    assert float(days[-1]["estimated_quantity"]) == 50.0
    check = one(published, "select * from agg_meter_report_check")
    # 2.4 MWh a day metered against 3210 MWh in 31 days of October: another month, and it says so.
    assert check["is_same_month"] is False
    assert check["reported_month"] == "2026-10"
    assert check["metered_to_reported_share"] == pytest.approx(2.4 / (3210 / 31), rel=1e-9)


def test_who_has_not_reported_and_who_was_late(published: Path) -> None:
    late = rows(published, """select enterprise_code, month from fct_report_status
        where feed = 'reporting.energy_monthly' and timeliness = 'late'""")  # fmt: skip
    missing = rows(published, """select enterprise_code, month from fct_report_status
        where feed = 'reporting.energy_monthly' and timeliness = 'missing' order by 1""")  # fmt: skip
    assert [(r["enterprise_code"], r["month"]) for r in late] == [("E3", "2026-09")]
    assert [(r["enterprise_code"], r["month"]) for r in missing] == [("E4", "2025-10"), ("E5", "2026-10")]


def test_pollutants_and_the_ledger(published: Path) -> None:
    assert float(one(published, "select sum(mass_kg) as kg from fct_pollutant_halfhour")["kg"]) == 240.0
    assert one(published, "select sum(rows_unexplained) as n from fct_ledger_window")["n"] == 0
    assert one(published, "select rows, first_rule_id from agg_quarantine_reason") == {
        "rows": 1,
        "first_rule_id": "bounds",
    }


def test_open_flights_stay_apart(published: Path) -> None:
    # Three flights of 8 t at 3.16 t CO2 a tonne; none of it in any other mart.
    row = one(published, "select * from agg_demo_flight_month")
    assert (row["month"], row["carrier"], row["flights"]) == ("2013-01", "UA", 3)
    assert float(row["co2_t"]) == pytest.approx(3 * 8 * 3.16, rel=1e-12)
    assert one(published, "select count(*) as n from fct_emission_line where boundary = 'demo_us'")["n"] == 0
    assert one(published, "select min(month) as month from dim_month")["month"] == "2025-01"
