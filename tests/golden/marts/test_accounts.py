"""Cross-checks, allocation, the rest of a sector and the base year in the fixture lake, worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from math import exp, sqrt
from pathlib import Path

import pytest

from spark_jobs.provenance.release import current_release_id, load
from spark_jobs.provenance.trace import trace_one
from tests.fixtures.lake.published import at_home
from tests.golden.marts.test_hand_checked import Q95, one, rows

# E2, 2026-08: diesel 415 t × 3.10; electricity 3190 MWh × 0.42.
DIRECT, INDIRECT = Decimal("1286.5"), Decimal("1339.8")


def test_a_cross_check_shows_its_interval_and_advice(published: Path) -> None:
    row = one(published, "select * from fct_triangulation_month where figure_pair = 'computed_modelled'")
    assert (row["figure_pair"], row["flag_zh"], row["enterprise_name"]) == ("computed_modelled", "疑似少报", "乙港口")
    assert row["difference_low95_share"] == pytest.approx(0.9 * exp(-Q95 * 0.05) - 1)
    assert row["difference_high95_share"] == pytest.approx(0.9 * exp(Q95 * 0.05) - 1)


def test_allocated_parts_add_up_to_the_last_digit_and_lead_back(published: Path) -> None:
    parts = rows(published, """select * from agg_carbon_allocation_month where enterprise_code = 'E2'
        and month = '2026-08' order by scope, dimension, part""")  # fmt: skip
    found = {(p["scope"], p["dimension"], p["part"]): p for p in parts}
    assert found["direct", "use", "production"]["allocated_co2_t"] == DIRECT * Decimal("0.666666667")
    assert found["indirect", "district", "310106"]["allocated_co2_t"] == INDIRECT * Decimal("0.3")
    assert found["indirect", "district", "310106"]["part_zh"] == "静安区"
    # Without a key the whole stands under 未分摊, it is not lost.
    assert found["direct", "district", "unallocated"]["allocated_co2_t"] == DIRECT
    for scope, whole in (("direct", DIRECT), ("indirect", INDIRECT)):
        for dimension in ("district", "use"):
            of = [p for (s, d, _), p in found.items() if (s, d) == (scope, dimension)]
            assert sum(p["allocated_co2_t"] for p in of) == whole == of[0]["whole_co2_t"]
            assert all(p["allocated_co2_t"] * 1_000_000_000 / p["share_ppb"] == whole for p in of)


def test_the_rest_of_a_sector_stands_beside_its_key_units_and_in_no_total(published: Path) -> None:
    found = {r["sector_part"]: r for r in rows(published, """select * from agg_carbon_whole_sector_month
        where month = '2026-08' and sector = 'port'""")}  # fmt: skip
    assert found["key_units"]["co2_t"] == DIRECT + INDIRECT
    rest = found["remainder"]
    assert float(rest["co2_t"]) == pytest.approx(319 * 0.42)
    assert (rest["is_estimated"], rest["account"], rest["sector_part_zh"]) == (True, "extrapolated", "行业余量（估算）")
    assert float(rest["co2_high95_t"] - rest["co2_t"]) == pytest.approx(Q95 * 319 * 0.42 * sqrt(0.02**2 + 0.05**2))
    total = one(published, """select co2_t from agg_carbon_city_month where month = '2026-08' and account = 'official'
        and boundary = 'legal_entity' and chain = 'TTW'""")  # fmt: skip
    units = rows(published, """select sum(co2_t) as t from agg_carbon_whole_sector_month where month = '2026-08'
        and sector_part = 'key_units'""")  # fmt: skip
    assert total["co2_t"] == units[0]["t"]


def test_a_year_is_compared_with_the_base_year_on_what_both_have(published: Path) -> None:
    row = one(published, """select * from agg_carbon_base_year where year = 2026 and sector = 'shipping'
        and boundary = 'legal_entity'""")  # fmt: skip
    # E4 burns 50 + 10 i t of diesel in month i; October 2025 (i = 9) is missing, so October 2026 has no counterpart.
    both = range(9)
    assert float(row["base_comparable_co2_t"]) == pytest.approx(sum(50 + 10 * i for i in both) * 3.1)
    assert float(row["comparable_co2_t"]) == pytest.approx(sum(50 + 10 * (i + 12) for i in both) * 3.1)
    assert float(row["added_co2_t"]) == pytest.approx(260 * 3.1)
    assert row["months_compared"] == 9 and row["gone_co2_t"] == 0
    assert row["structure_share"] == pytest.approx(260 * 3.1 / sum(50 + 10 * i for i in both) / 3.1)
    assert row["is_recalculation_due"]
    same = one(published, """select * from agg_carbon_base_year where year = 2025 and sector = 'port'
        and boundary = 'legal_entity'""")  # fmt: skip
    assert (same["base_change_share"], same["structure_share"], same["is_recalculation_due"]) == (0, 0, False)


def test_energy_intensity_has_its_interval(published: Path) -> None:
    row = one(published, """select * from agg_intensity_sector_month where month = '2026-08' and sector = 'metro'
        and boundary = 'legal_entity' and account = 'official' and chain = 'TTW' and activity_type = 'passenger_km'
        """)  # fmt: skip
    middle, high = float(row["energy_intensity_gce_per_unit"]), float(row["energy_intensity_high95_gce_per_unit"])
    # One activity (2 %), two factors of standard coal (5 % each), the denominator (2 %).
    assert high / middle - 1 == pytest.approx(Q95 * sqrt(0.02**2 + 2 * 0.05**2 + 0.02**2), rel=1e-6)


def test_an_enterprises_intensities_have_their_intervals(published: Path) -> None:
    row = one(published, """select * from agg_intensity_enterprise_month where month = '2026-08' and sector = 'metro'
        and boundary = 'legal_entity' and account = 'official' and chain = 'TTW' and activity_type = 'passenger_km'
        """)  # fmt: skip
    for measure, unit, own in (
        ("energy_intensity", "gce_per_unit", 2 * 0.05**2),
        ("co2_intensity", "g_per_unit", 0.05**2),
    ):
        middle, low, high = (float(row[f"{measure}{end}_{unit}"]) for end in ("", "_low95", "_high95"))
        # One activity (2 %), its factors (5 % each), the denominator (2 %).
        assert high / middle - 1 == pytest.approx(Q95 * sqrt(0.02**2 + own + 0.02**2), rel=1e-6)
        assert high - middle == pytest.approx(middle - low)


@pytest.mark.parametrize(
    ("mart", "key", "measure"),
    [
        ("agg_carbon_allocation_month", {"month": "2026-08", "enterprise_code": "E2", "scope": "direct",
                                         "dimension": "use", "part": "production"}, "allocated_co2_t"),
        ("agg_carbon_whole_sector_month", {"month": "2026-08", "sector": "port", "sector_part": "remainder"}, "co2_t"),
        ("agg_carbon_whole_sector_month", {"month": "2026-08", "sector": "port", "sector_part": "key_units"}, "co2_t"),
        ("agg_carbon_base_year", {"year": 2026, "sector": "shipping", "boundary": "legal_entity"}, "comparable_co2_t"),
        ("agg_carbon_base_year", {"year": 2026, "sector": "shipping", "boundary": "legal_entity"}, "added_co2_t"),
    ],
)  # fmt: skip
def test_every_figure_is_traced_to_its_records(published: Path, mart: str, key: dict, measure: str) -> None:
    with at_home(published):
        found = trace_one(load(str(current_release_id())), mart, key, measure)
    assert found["adds_up"], (found["published"], found["recomputed"])
    assert found["evidence"]["broken"] == []
    assert sum(term["line_count"] for term in found["terms"]) > 0


# 415 t diesel × 3.10 + 3190 MWh × 0.42; 1190 t kerosene × 3.15 + 690 MWh × 0.42; 410 t × 3.10 + 3210 MWh × 0.42
E2_AUGUST_T, E1_AUGUST_T, E2_OCTOBER_T = 2626.3, 4038.3, 2619.2


@pytest.mark.parametrize(
    ("key", "measure", "value_t", "lines"),
    [
        (("2026-08", "E1", "reported_computed"), "checked_co2_t", 3200.0, {"lines_co2": 2}),  # direct and indirect
        (("2026-08", "E1", "reported_computed"), "evidence_co2_t", E1_AUGUST_T, {"lines_co2": 2}),
        (("2026-08", "E2", "computed_modelled"), "checked_co2_t", E2_AUGUST_T, {"lines_co2": 2}),
        # It reports a tenth less than 719 t of throughput and its 21 other months (two energies each) let expect.
        (("2026-08", "E2", "computed_modelled"), "evidence_co2_t", E2_AUGUST_T / 0.9,
         {"lines_co2": 42, "log_activity": 1, "activities": 1}),
        # 1000 MWh through a meter that has half of the electricity are 2000 of the 3210 MWh that it reports.
        (("2026-10", "E2", "computed_metered"), "evidence_co2_t", E2_OCTOBER_T * 2000 / 3210,
         {"lines_co2": 2, "metered_gj": 1, "report_gj": 1}),
    ],
)  # fmt: skip
def test_a_figure_of_a_cross_check_leads_to_lines_records_and_bytes(
    published: Path, key: tuple[str, str, str], measure: str, value_t: float, lines: dict[str, int]
) -> None:
    cell = dict(zip(("month", "enterprise_code", "figure_pair"), key, strict=True))
    with at_home(published):
        found = trace_one(load(str(current_release_id())), "fct_triangulation_month", cell, measure)
    assert float(found["published"]) == pytest.approx(value_t)
    assert found["adds_up"], (found["published"], found["recomputed"])
    assert {term["name"]: term["line_count"] for term in found["terms"] if term["line_count"]} == lines
    followed = found["evidence"]["followed"]
    assert found["evidence"]["broken"] == [] and followed["gold.emission"] == lines["lines_co2"]
    assert followed["records"] > 0 and followed["payloads"] > 0
