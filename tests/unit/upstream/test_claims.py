"""Reports that are low on purpose: their rates, their sizes, what stays true, and their lines of truth."""

from __future__ import annotations

from typing import Any

from infra.upstream.clock import epoch_of, label, months_between
from infra.upstream.rates import load_rates
from infra.upstream.reporting.claims import HONEST, claim, counts_twice
from infra.upstream.reporting.source import ReportingSource
from infra.upstream.world.model import World
from tests.unit.upstream.conftest import SEED
from tests.unit.upstream.guide import within_binomial

MONTHS = months_between((2024, 11), (2026, 10))
RATES = {"under_report": 0.01, "lasting_bias": 0.04}


def test_single_months_and_lasting_biases_have_the_stated_rates_and_sizes(full: World) -> None:
    found = {(e.code, m): claim(SEED, e, m, RATES) for e in full.enterprises for m in MONTHS}
    lasting = {code for (code, _), c in found.items() if c.kind == "lasting_bias"}
    single = [c for (code, _), c in found.items() if code not in lasting]
    within_binomial(len(lasting), len(full.enterprises), RATES["lasting_bias"])
    within_binomial(sum(c.kind == "under_report" for c in single), len(single), RATES["under_report"])
    assert {(c.kind, c.share) for c in found.values()} == {("", 1.0), ("under_report", 0.9), ("lasting_bias", 0.95)}


def test_a_lasting_bias_never_stops(full: World) -> None:
    for e in full.enterprises:
        kinds = [claim(SEED, e, m, {"under_report": 0.0, "lasting_bias": 0.2}).kind for m in MONTHS]
        first = kinds.index("lasting_bias") if "lasting_bias" in kinds else len(kinds)
        assert set(kinds[first:]) <= {"lasting_bias"}
        assert first >= MONTHS.index((2025, 5)) and (first == len(kinds) or first <= MONTHS.index((2025, 11)))


def test_energy_and_statement_are_low_alike_and_activity_is_true(full: World, many_faults: dict[str, Any]) -> None:
    quiet = dict.fromkeys(many_faults["reporting"], 0.0)
    honest, low = (ReportingSource(full, quiet | {"under_report": share, "lasting_bias": 0.0}) for share in (0.0, 0.05))
    changed = 0
    fields = {"energy-reports": "consumption", "emission-reports": "co2_total_t", "activity-reports": "value"}
    for resource, field in fields.items():
        one, other = (s.index[resource].window(epoch_of(2025, 4), epoch_of(2025, 5)) for s in (honest, low))
        for event, same in zip(one, other, strict=True):
            a, b = honest.render(resource, event)[0], low.render(resource, same)[0]
            e, month = event.ref.enterprise, event.ref.month
            share = claim(SEED, e, month, low.rates).share if resource != "activity-reports" else 1.0
            assert abs(b[field] - a[field] * share) <= 0.051 + 1e-6 * a[field]
            changed += share < 1.0
    assert changed > 10


def test_each_low_report_has_one_line_of_truth(full: World) -> None:
    source = ReportingSource(full, load_rates(None)["reporting"])
    lines = [
        line
        for line in source.truth(epoch_of(2024, 11), epoch_of(2026, 11))
        if line["kind"] in ("under_report", "lasting_bias")
    ]
    keys = {(line["business_key"]["enterprise_code"], line["period"]) for line in lines}
    assert len(keys) == len(lines) > 30
    by_code = {e.code: e for e in full.enterprises}
    for line in lines:
        year, month = map(int, line["period"].split("-"))
        claimed = claim(SEED, by_code[line["business_key"]["enterprise_code"]], (year, month), source.rates)
        assert claimed != HONEST and (line["kind"], line["planted_value"]) == (claimed.kind, claimed.share)
        assert line["window"] >= label((year, month))


def test_power_passed_on_and_not_deducted_keeps_every_identity_and_has_its_truth(full: World) -> None:
    quiet = dict.fromkeys(load_rates(None)["reporting"], 0.0)
    honest, twice = (ReportingSource(full, quiet | {"double_count": share}) for share in (0.0, 1.0))
    window = epoch_of(2025, 4), epoch_of(2025, 5)
    changed = set()
    for event, same in zip(*(s.index["energy-reports"].window(*window) for s in (honest, twice)), strict=True):
        a, b = honest.render("energy-reports", event)[0], twice.render("energy-reports", same)[0]
        bought = b["opening_stock"] + b["purchased"] - b["resold"] - b["closing_stock"]
        assert abs(bought - b["consumption"]) <= 0.011
        assert abs(b["use_transport"] + b["use_production"] + b["use_other"] - b["consumption"]) <= 0.011
        assert abs(a["purchased"] - b["purchased"]) <= 0.011
        if a["resold"] > 0:
            changed.add(event.ref.enterprise.sector)
            assert (b["resold"], b["consumption"]) == (0.0, round(a["consumption"] + a["resold"], 2))
        else:
            assert a == b
    assert changed == {"airport", "railway", "port"}
    lines = [line for line in twice.truth(*window) if line["kind"] == "double_count"]
    assert {line["planted_value"] for line in lines} == {0.0} and min(line["true_value"] for line in lines) > 0
    assert not [line for line in honest.truth(*window) if line["kind"] == "double_count"]


def test_the_statement_of_such_a_month_counts_it_too(full: World) -> None:
    quiet = dict.fromkeys(load_rates(None)["reporting"], 0.0)
    honest, twice = (ReportingSource(full, quiet | {"double_count": share}) for share in (0.0, 1.0))
    airport = next(e for e in full.enterprises if e.sector == "airport")
    a, b = (s.rows.emission(airport, (2025, 4), 1.0, s is twice) for s in (honest, twice))
    sold = honest.rows.energy(airport, "electricity", (2025, 4))["resold"]
    assert a["co2_direct_t"] == b["co2_direct_t"]
    assert 0.3 < (b["co2_indirect_t"] - a["co2_indirect_t"]) / sold < 0.8  # t per MWh: a grid's
    assert not counts_twice(full.seed, full.enterprises[0], (2025, 4), {"double_count": 1.0})  # passes nothing on
