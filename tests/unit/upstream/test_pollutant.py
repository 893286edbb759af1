"""Pollutant snapshots: sums, steadiness, revisions, and what was planted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from infra.upstream.clock import epoch_of
from infra.upstream.pollutant.source import HALF_HOUR, PollutantSource
from infra.upstream.world.model import World
from tests.unit.upstream.guide import within_binomial

START = epoch_of(2026, 11, 18)
MOMENTS = range(START, START + 3 * 86_400, HALF_HOUR)


@pytest.fixture(scope="module")
def faulty(small: World, many_faults: dict[str, Any]) -> PollutantSource:
    return PollutantSource(small, many_faults["pollutant"])


def test_sums_hold_and_neighbours_are_alike_where_nothing_was_planted(small: World, no_faults: dict[str, Any]) -> None:
    source = PollutantSource(small, no_faults["pollutant"])
    before: dict[tuple[str, str, str], tuple[float, float]] = {}
    for moment in MOMENTS:
        body, planted = source.snapshot(moment, source.publications(moment)[0])
        assert planted == [] and len(body["items"]) == 6 * (16 + 3 + 7)
        sums: dict[tuple[str, str], float] = {}
        for item in body["items"]:
            group = (item["source"], item["pollutant"])
            sums[group] = sums.get(group, 0.0) + item["kg"]
            key = (*group, item["district_code"])
            now = (item["total_kg"], item["kg"] / item["total_kg"])
            for a, b in zip(now, before.get(key, now), strict=True):
                assert 1 / 1.8 < a / b < 1.8
            before[key] = now
        for item in body["items"]:
            assert sums[item["source"], item["pollutant"]] == pytest.approx(item["total_kg"], abs=1e-3)


def test_what_was_planted_breaks_the_guide_by_what_it_says(faulty: PollutantSource) -> None:
    checked = 0
    for moment in MOMENTS:
        for published in faulty.publications(moment)[:1]:
            body, planted = faulty.snapshot(moment, published)
            true = {
                (g[0]["source"], g[0]["pollutant"]): g[0]["total_kg"] for g in faulty.groups(moment, published.error)
            }
            for key, one in planted:
                items = [i for i in body["items"] if all(i[k] == v for k, v in key.items())]
                group = [i for i in body["items"] if (i["source"], i["pollutant"]) == (key["source"], key["pollutant"])]
                checked += 1
                if one.kind == "duplicate":
                    assert len(items) == 2 and items[0] == items[1]
                elif one.kind == "malformed":
                    assert isinstance(items[0]["kg"], str)
                elif one.kind == "broken_identity":
                    away = abs(sum(i["kg"] for i in group) - group[0]["total_kg"])
                    limit = max(0.005 * group[0]["total_kg"], 0.01)
                    assert away / limit == pytest.approx(one.severity, rel=0.05) and away > limit
                elif one.severity is None:
                    assert items[0]["kg"] < 0
                else:
                    ratio = items[0]["total_kg"] / true[key["source"], key["pollutant"]]
                    assert max(ratio, 1 / ratio) / 4 == pytest.approx(one.severity, rel=1e-3) and one.severity > 1.5
    assert checked > 300


def test_rates_and_revisions(faulty: PollutantSource) -> None:
    moments = range(START - 60 * 86_400, START, HALF_HOUR)
    published = [faulty.publications(m) for m in moments]
    within_binomial(sum(not p for p in published), len(published), faulty.rates["missing"])
    present = [(m, p) for m, p in zip(moments, published, strict=True) if p]
    within_binomial(sum(len(p) == 2 for _, p in present), len(present), faulty.rates["correction"])
    within_binomial(sum(p[0].at - m >= HALF_HOUR for m, p in present), len(present), faulty.rates["late"])
    for m, p in present:
        assert m < p[0].at <= m + 6 * 3600
        assert all(b.at > a.at and b.revision == 2 and b.error == 0 for a, b in itertools.pairwise(p))


def test_a_snapshot_is_the_same_from_any_server(small: World, many_faults: dict[str, Any]) -> None:
    one, two = (PollutantSource(small, many_faults["pollutant"]) for _ in range(2))
    first = [one.snapshot(m, p) for m in MOMENTS for p in one.publications(m)]
    assert first == [two.snapshot(m, p) for m in MOMENTS for p in two.publications(m)]
