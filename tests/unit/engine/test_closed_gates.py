"""Gates that stand closed: a later pass lifts a refusal only for the rows that it checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.settings import LOCAL_TZ
from spark_jobs.engine.closed_gates import Closed, standing
from spark_jobs.engine.gate import GateClosed
from spark_jobs.jobs import gate
from tests.fixtures.lake.delta import write_version
from tests.fixtures.lake.dictionary import tables
from tests.fixtures.lake.published import at_home

MORNING = datetime(2026, 11, 22, 8, tzinfo=LOCAL_TZ)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with at_home(tmp_path):
        yield tmp_path


def check(hour: int, passed: bool, *periods: str, table: str = "silver.ship", run: str = "r") -> dict[str, object]:
    return {
        "run_id": run, "table_name": table, "suite": table, "periods": list(periods), "expectations": 1,
        "failed_blocking": 0 if passed else 1, "failed_warning": 0, "passed": passed,
        "detail_zh": "" if passed else f"第 {hour} 次", "checked_at": MORNING + timedelta(hours=hour),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("checks", "periods"),
    [
        ([check(0, False, "2026-09")], ["2026-09"]),
        ([check(0, False, "2026-09"), check(1, True, "2026-09")], None),
        ([check(0, True, "2026-09"), check(1, False, "2026-09")], ["2026-09"]),
        ([check(0, False, "2026-09"), check(1, True, "2026-10")], ["2026-09"]),
        ([check(0, False, "2026-09", "2026-10"), check(1, True, "2026-10")], ["2026-09"]),
        ([check(0, False, "2026-09", "2026-10"), check(1, True)], None),
        ([check(0, False), check(1, True, "2026-10")], [""]),
        ([check(0, False, "2026-09"), check(1, True, "2026-09", table="silver.meter")], ["2026-09"]),
        ([check(0, False, "2026-09", run="a"), check(0, True, "2026-09", run="b")], None),
    ],
)
def test_what_lifts_a_refusal(home: Path, checks: list[dict[str, object]], periods: list[str] | None) -> None:
    write_version(home / "warehouse" / "ops" / "gate", tables()["ops.gate"], checks)
    refused = [str(row["detail_zh"]) for row in checks if not row["passed"]]
    assert standing() == ([Closed("silver.ship", refused[-1], periods)] if periods else [])


def test_nothing_was_checked_yet(home: Path) -> None:
    assert standing() == []


def test_no_release_while_another_gate_is_closed(home: Path) -> None:
    for name, rows in (("ops.gate", [check(0, False, "2026-09")]), ("silver.ship", [])):
        layer, table = name.split(".")
        write_version(home / "warehouse" / layer / table, tables()[name], rows)
    gate.refuse_while_others_closed({"silver.ship"})  # judged by this very run
    with pytest.raises(GateClosed, match=r"silver\.ship \(2026-09\)") as closed:
        gate.refuse_while_others_closed({"ops.ledger"})
    (notice,) = closed.value.notices
    assert "继续提供原有数据" in notice
