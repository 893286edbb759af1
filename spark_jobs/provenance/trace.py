"""Trace cells: the passport of one, or a random thousand, each followed down to the landed bytes."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

from spark_jobs.provenance.cell import Row
from spark_jobs.provenance.connection import as_query, reading
from spark_jobs.provenance.evidence import Findings, evidence
from spark_jobs.provenance.passport import Query, agrees, cell_of, find_row, mart_entry, passport, recompute
from spark_jobs.provenance.release import Release


@dataclass
class RandomTrace:
    """Outcome of tracing many cells."""

    cells: int = 0
    marts: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    seconds: float = 0.0

    @property
    def resolved(self) -> bool:
        """Every cell added up and every link held."""
        return self.cells > 0 and not self.wrong and not self.findings.broken


def trace_one(release: Release, mart: str, key: Row, measure: str) -> Row:
    """The passport, with ``evidence``: what was followed to gold, silver, bronze and landing, and what broke."""
    with reading(release.file) as query:
        found = passport(query, mart, key, measure)
    with evidence(release) as followed:
        query = as_query(followed.connection)
        row = find_row(query, mart, list(mart_entry(query, mart)["grain"]), key)
        cell, _ = cell_of(query, mart, row, measure)
        followed.collect(cell)
        outcome = followed.follow()
    return found | {"evidence": {"followed": outcome.followed, "broken": outcome.broken}}


def trace_random(release: Release, count: int, seed: int) -> RandomTrace:
    """``count`` cells over all marts that have measures, as evenly as their rows allow."""
    started, result = time.perf_counter(), RandomTrace()
    with evidence(release) as followed:
        query = as_query(followed.connection)
        for mart, row, measure in _pick(query, count, seed):
            cell, _ = cell_of(query, mart, row, measure)
            value, sums = recompute(query, cell)
            if not agrees(row[measure], value, sum(n for _, n in sums.values())):
                key = {name: row[name] for name in mart_entry(query, mart)["grain"]}
                result.wrong.append(f"{mart}.{measure} {key}: published {row[measure]}, from its lines {value}")
            followed.collect(cell)
            result.cells += 1
            result.marts[mart] = result.marts.get(mart, 0) + 1
        result.findings = followed.follow()
    result.seconds = time.perf_counter() - started
    return result


def _pick(query: Query, count: int, seed: int) -> list[tuple[str, Row, str]]:
    """Cells, mart by mart in turn; every measure of a mart comes up."""
    chance = random.Random(seed)
    rows_of, measures_of = {}, {}
    entries = query("select mart, trace, row_count from ops_release_mart where row_count > 0 order by mart")
    traced = [(entry["mart"], _measures(entry["trace"])) for entry in entries]
    traced = [(mart, measures) for mart, measures in traced if measures]
    for mart, measures in traced:
        wanted = -(-count // max(len(traced), 1)) * 2
        rows_of[mart] = query(f'select * from "{mart}" using sample reservoir({wanted} rows) repeatable ({seed})')
        measures_of[mart] = measures
        chance.shuffle(rows_of[mart])
    picked: list[tuple[str, Row, str]] = []
    turn = 0
    while traced and len(picked) < count:
        mart, measures = traced[turn % len(traced)]
        rows = rows_of[mart]
        lap = turn // len(traced)
        picked.append((mart, rows[lap % len(rows)], measures[(lap + lap // len(rows)) % len(measures)]))
        turn += 1
    return picked


def _measures(trace: Any) -> list[str]:
    rule = json.loads(trace) if isinstance(trace, str) else trace
    return list((rule or {}).get("measures") or {})
