"""Detection report: what was planted, what the lake found, by feed and kind, and its false alarms.

    python -m tests.score.detection [--truth FILE] [--json FILE]

The lake is that of ``LAKE_HOME``; its truth file is written by ``python -m infra.upstream.truth``. All figures are from
simulated data.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.settings import settings
from tests.score.lake import METERED, Lake, Row
from tests.score.truth import CONTENT, Planted, read_truth


@dataclass
class Score:
    """Found of planted for one feed and kind; ``plain`` are those beyond twice their bound."""

    feed: str
    kind: str
    planted: int = 0
    found: int = 0
    plain: int = 0
    plain_found: int = 0

    def add(self, line: Planted, found: bool) -> None:
        """Count one planted fault."""
        self.planted += 1
        self.found += found
        self.plain += line.plain
        self.plain_found += found and line.plain


@dataclass
class Report:
    """Scores by feed and kind, and false alarms: refused rows in which nothing was planted."""

    scores: list[Score]
    alarms: dict[str, tuple[int, int]]
    missed: list[Planted]

    @property
    def false_alarm_rate(self) -> float:
        """False alarms ÷ rows received, over all feeds."""
        total = sum(received for _, received in self.alarms.values())
        return sum(false for false, _ in self.alarms.values()) / total if total else 0.0

    def share(self, kinds: Iterable[str], plain: bool = False) -> float:
        """Found ÷ planted over kinds (1 where none was planted); ``plain``: only those beyond twice their bound."""
        chosen = [score for score in self.scores if score.kind in set(kinds)]
        planted = sum(score.plain if plain else score.planted for score in chosen)
        found = sum(score.plain_found if plain else score.found for score in chosen)
        return found / planted if planted else 1.0

    def count(self, kinds: Iterable[str]) -> int:
        """How many were planted."""
        return sum(score.planted for score in self.scores if score.kind in set(kinds))


def detection_report(lake: Lake, truth: list[Planted]) -> Report:
    """Score every planted fault whose receipt window was loaded."""
    by_feed: dict[str, list[Planted]] = defaultdict(list)
    for line in truth:
        by_feed[line.feed].append(line)
    scores: dict[tuple[str, str], Score] = {}
    alarms: dict[str, tuple[int, int]] = {}
    missed = []
    for feed, lines in sorted(by_feed.items()):
        if not lake.loaded(feed):
            continue
        windows = lake.windows(feed)
        judge = _judge(lake, feed)
        for line in lines:
            verdict = judge(line) if line.window in windows else None
            if verdict is None:
                continue
            scores.setdefault((feed, line.kind), Score(feed, line.kind)).add(line, verdict)
            if not verdict:
                missed.append(line)
        alarms[feed] = (_false_alarms(lake, feed, lines), lake.received(feed))
    return Report(list(scores.values()), alarms, missed)


def _judge(lake: Lake, feed: str) -> Callable[[Planted], bool | None]:
    """How a planted fault of a feed is looked up; None means that it is not judged here."""
    refused = lake.quarantined(feed)
    refused_keys = {row.key for row in refused}
    names = lake.upstream_names(feed)
    records = {} if feed == METERED else lake.versions(feed)
    newest = _newest(records)

    def judge(line: Planted) -> bool | None:
        key = tuple(str(line.key.get(name)) for name in names)
        if line.kind in CONTENT:
            return Row(key, line.version) in refused if feed != METERED else key in refused_keys
        if feed == METERED:
            return None  # spans are scored by the meter tests, rows seen twice by the ledger
        business_key = "|".join(_typed(lake.coded(feed, key)))
        if line.kind == "duplicate":
            again = records.get((business_key, line.version), (None, 0))[1]
            return again >= 1 or Row(key, line.version) in refused
        if line.kind in ("correction", "mended"):
            if len(key) != len(line.key):
                return None
            return newest.get(business_key, 0) >= line.version or Row(key, line.version) in refused
        if line.kind == "late":
            known = records.get((business_key, line.version), (None, 0))[0]
            return None if len(line.key) < len(names) else known is not None or Row(key, line.version) in refused
        return None

    return judge


def _newest(records: dict[tuple[str, int], tuple[object, int]]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for key, version in records:
        newest[key] = max(version, newest.get(key, 0))
    return newest


def _typed(key: tuple[str, ...]) -> list[str]:
    """Key texts as silver writes them: instants in local time without offset."""
    return [text.replace("T", " ").removesuffix("+08:00") if text.endswith("+08:00") else text for text in key]


def _false_alarms(lake: Lake, feed: str, lines: list[Planted]) -> int:
    """Refused rows in which nothing was planted, by key: a fault stands in every version up to its mending."""
    names = lake.upstream_names(feed)
    planted = {tuple(str(line.key.get(name)) for name in names) for line in lines if line.kind in CONTENT}
    spans = {line.key.get("meter_id") for line in lines if "from" in line.key}
    refused = lake.quarantined(feed)
    return sum(row.key not in planted and not (feed == METERED and row.key[0] in spans) for row in refused)


def text_of(report: Report) -> str:
    """The report as a table."""
    lines = [f"{'feed':28} {'kind':16} {'planted':>8} {'found':>8} {'share':>7}   beyond 2x"]
    for score in report.scores:
        counts = f"{score.planted:8d} {score.found:8d} {score.found / score.planted:7.1%}"
        lines.append(f"{score.feed:28} {score.kind:16} {counts}   {score.plain_found}/{score.plain}")
    lines += ["", f"{'feed':28} {'false alarms':>14} {'rows':>12}"]
    lines += [f"{feed:28} {false:14d} {rows:12d}" for feed, (false, rows) in report.alarms.items()]
    lines.append(f"false alarms over all rows: {report.false_alarm_rate:.3%}   (simulated data)")
    return "\n".join(lines)


def main() -> None:
    """Print the report of the lake at LAKE_HOME."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, default=settings().home / "upstream" / "truth.jsonl")
    parser.add_argument("--json", type=Path, help="write scores and missed faults here")
    given = parser.parse_args()
    report = detection_report(Lake(settings().warehouse), read_truth(given.truth))
    print(text_of(report))
    if given.json:
        given.json.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
