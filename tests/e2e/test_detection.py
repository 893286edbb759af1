"""The detection report of the small world: what was planted against what the lake found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.settings import ROOT
from tests.score import accounts
from tests.score.detection import Report, detection_report, text_of
from tests.score.lake import Lake
from tests.score.truth import read_truth
from tests.small_world import NOW, SmallWorld


@pytest.fixture(scope="module")
def report(running_lake: SmallWorld) -> Report:
    truth = Path(running_lake.home) / "upstream" / "truth.jsonl"
    truth.parent.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "infra.upstream.truth", "--out", str(truth), "--world", "small", "--now", NOW]
    subprocess.run(argv, cwd=ROOT, env=running_lake.env, check=True, capture_output=True)
    found = detection_report(Lake(running_lake.home / "warehouse"), read_truth(truth))
    print(text_of(found))
    return found


@pytest.mark.parametrize("kind", ["duplicate", "late", "correction"])
def test_versions_and_receipts_are_all_found(report: Report, kind: str) -> None:
    assert report.count([kind]) > 0
    assert report.share([kind]) == 1.0, [line for line in report.missed if line.kind == kind]


@pytest.mark.parametrize("kind", ["impossible", "unit_slip", "broken_identity", "malformed"])
def test_wrong_values_beyond_twice_their_bound_are_found(report: Report, kind: str) -> None:
    assert report.count([kind]) > 0
    assert report.share([kind], plain=True) >= 0.99, [line for line in report.missed if line.kind == kind]


def test_what_registers_put_right_is_current(report: Report) -> None:
    assert report.share(["mended"]) == 1.0, [line for line in report.missed if line.kind == "mended"]


def test_hardly_a_false_alarm(report: Report) -> None:
    assert sum(rows for _, rows in report.alarms.values()) > 0
    assert report.false_alarm_rate <= 0.005, report.alarms


def test_power_counted_twice_is_found_and_sound_months_are_not_accused(
    report: Report, running_lake: SmallWorld
) -> None:
    truth = read_truth(Path(running_lake.home) / "upstream" / "truth.jsonl")  # written for `report`
    scores = accounts.report(running_lake.home / "serving" / "current.duckdb", truth)
    (double,) = [score for score in scores if score.kind == "double count"]
    assert double.planted + double.sound > 0
    assert (double.found, double.false_alarms) == (double.planted, 0)
