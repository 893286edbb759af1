"""Accounts report: under-reports, missing months and double counts that were planted, and what a release shows of them.

    python -m tests.score.accounts [--truth FILE] [--release FILE] [--world full|small] [--json FILE]

The release is the one that the lake at ``LAKE_HOME`` serves; the truth file is written by
``python -m infra.upstream.truth``. All figures are from simulated data.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import numpy as np

from infra.settings import settings
from infra.upstream.reporting.rows import Rows
from infra.upstream.world.model import World
from tests.score.truth import Planted, read_truth

NORMAL_QUANTILE_95 = 1.959963984540054
Month = tuple[str, str]  # enterprise, month

JUDGED = "SELECT enterprise_code, month, BOOL_OR(is_alarmed) FROM fct_triangulation_month GROUP BY ALL"
SUPPLIED = "SELECT enterprise_code, month, BOOL_OR(is_double_counted) FROM fct_double_count_month GROUP BY ALL"
ENERGY = """
SELECT enterprise_code, month, BOOL_OR(data_grade = 'estimated') FROM fct_energy_line
WHERE boundary = 'legal_entity' AND object_type = 'enterprise' AND evidence = 'computed' GROUP BY ALL"""
ESTIMATES = """
SELECT enterprise_code, month, CASE energy_type WHEN 'electricity_green' THEN 'electricity' ELSE energy_type END,
  SUM(quantity), MAX(activity_rsu) FROM fct_energy_line
WHERE boundary = 'legal_entity' AND object_type = 'enterprise' AND evidence = 'computed' AND data_grade = 'estimated'
GROUP BY ALL ORDER BY ALL"""


@dataclass(frozen=True)
class Score:
    """One kind: planted cases that the release can show, those found, and false alarms among what is sound."""

    kind: str
    planted: int
    found: int
    false_alarms: int
    sound: int

    @property
    def share(self) -> float:
        """Found ÷ planted; NaN where none was planted."""
        return self.found / self.planted if self.planted else float("nan")


@dataclass(frozen=True)
class Estimates:
    """Estimates of missing months against the truth: how many energies, median error, share within their 95 %."""

    energies: int
    median_error: float
    within_95: float


def flagged(release: Path, sql: str) -> dict[Month, bool]:
    """Enterprise-months that a mart of the release judges → whether it flags them."""
    with duckdb.connect(str(release), read_only=True) as db:
        return {(code, month): bool(flag) for code, month, flag in db.execute(sql).fetchall()}


def of_months(kind: str, planted: Iterable[Month], judged: dict[Month, bool], tainted: Iterable[Month] = ()) -> Score:
    """Score by enterprise-month; what is ``tainted`` otherwise is neither planted nor sound."""
    cases = set(planted) & judged.keys()
    sound = judged.keys() - cases - set(tainted)
    return Score(kind, len(cases), sum(judged[m] for m in cases), sum(judged[m] for m in sound), len(sound))


def of_biases(planted: Iterable[Month], judged: dict[Month, bool]) -> Score:
    """A lasting bias is found when any of its months is alarmed; grain enterprise."""
    months: dict[str, list[bool]] = {}
    for month in set(planted) & judged.keys():
        months.setdefault(month[0], []).append(judged[month])
    return Score("lasting 5 %", len(months), sum(map(any, months.values())), 0, 0)


def report(release: Path, truth: list[Planted]) -> list[Score]:
    """Scores of all kinds."""
    at: dict[str, set[Month]] = {}
    for line in truth:
        if line.feed == "reporting.energy_monthly" and {"enterprise_code", "period"} <= line.key.keys():
            at.setdefault(line.kind, set()).add((line.key["enterprise_code"], line.key["period"]))
    single, lasting, late = (at.get(kind, set()) for kind in ("under_report", "lasting_bias", "late"))
    judged, energy = flagged(release, JUDGED), flagged(release, ENERGY)
    return [
        of_months("one month 10 %", single, judged, lasting | at.get("double_count", set())),
        of_biases(lasting, judged),
        # A month that is reported late is rightly estimated until then.
        of_months("missing month", at.get("missing", set()), energy, late),
        of_months("double count", at.get("double_count", set()), flagged(release, SUPPLIED)),
    ]


def estimates(release: Path, world: World) -> Estimates:
    """How near the estimates are to what the simulated enterprises used."""
    with duckdb.connect(str(release), read_only=True) as db:
        found = db.execute(ESTIMATES).fetchall()
    rows, by_code = Rows(world), {e.code: e for e in world.enterprises}
    errors, bounds = [], []
    for code, month, energy, quantity, rsu in found:
        if code not in by_code:
            continue
        year, number = map(int, month.split("-"))
        true = rows.energy(by_code[code], energy, (year, number))["consumption"]
        if true > 0 and quantity > 0:
            errors.append(float(quantity) / true - 1.0)
            bounds.append(NORMAL_QUANTILE_95 * rsu)
    far, wide = np.abs(errors), np.array(bounds)
    if not errors:
        return Estimates(0, float("nan"), float("nan"))
    return Estimates(len(errors), float(np.median(far)), float((far <= wide).mean()))


def text_of(scores: list[Score], gaps: Estimates) -> str:
    """The report as a table."""
    lines = [f"{'planted':16} {'cases':>7} {'found':>7} {'share':>7} {'false alarms':>13} {'sound':>7}"]
    lines += [
        f"{s.kind:16} {s.planted:7d} {s.found:7d} {_percent(s.share):>7} {s.false_alarms:13d} {s.sound:7d}"
        for s in scores
    ]
    lines.append(
        f"estimates of missing months: {gaps.energies} energies, median error {_percent(gaps.median_error)}, "
        f"{_percent(gaps.within_95)} within their 95 % interval"
    )
    return "\n".join([*lines, "(simulated data)"])


def _percent(share: float) -> str:
    return "none" if np.isnan(share) else f"{share:.1%}"


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, default=settings().home / "upstream" / "truth.jsonl")
    parser.add_argument("--release", type=Path, default=settings().home / "serving" / "current.duckdb")
    parser.add_argument("--world", choices=["full", "small"], default=settings().world)
    parser.add_argument("--seed", type=int, default=settings().world_seed)
    parser.add_argument("--json", type=Path, help="write the scores here")
    given = parser.parse_args()
    scores = report(given.release, read_truth(given.truth))
    gaps = estimates(given.release, World(given.seed, given.world))
    print(text_of(scores, gaps))
    if given.json:
        body = {"scores": [asdict(s) for s in scores], "estimates": asdict(gaps)}
        given.json.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
