"""A gate lets good tables through, and closes on a blocking expectation with a row that says why."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from infra.settings import now, settings
from spark_jobs.engine import gate_rows, job_run, tables
from spark_jobs.engine.gate import GateClosed
from spark_jobs.jobs import bronze, gate, silver
from spark_jobs.provenance import release as releases
from tests.spark.landed import ENTERPRISES, FEED, home_of, land, record


def serve_something() -> None:
    """A current file without notices."""
    releases.current_file().parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(releases.current_file())) as served:
        served.execute("create table ops_notice (since timestamptz, notice_zh varchar)")


def refuse(spark, table, period):
    """A verdict of a minute ago that refused a partition."""
    entry = tables.dictionary()["ops.gate"]
    row = {
        "run_id": "former", "table_name": table, "suite": table, "periods": [period], "expectations": 1,
        "failed_blocking": 1, "failed_warning": 0, "passed": False, "detail_zh": "单位不符",
        "checked_at": now() - timedelta(minutes=1),
    }  # fmt: skip
    tables.append(tables.frame(spark, entry, [row]), entry)


def test_gate_opens_for_good_rows_and_closes_for_an_open_ledger(spark, spark_server, tmp_path):
    with home_of(spark_server, tmp_path / "gated"):
        assert gate.run(FEED, "", "") == job_run.NOTHING_TO_DO
        land("2026-10", [record(e, "2026-09") for e in ENTERPRISES])
        bronze.run(FEED, "", "")
        silver.run(FEED, "", "")
        assert gate.run(FEED, "2026-10", "2026-10") == job_run.DONE
        (first,) = tables.read(spark, "ops.gate").collect()
        assert (first.table_name, first.passed, first.periods) == ("silver.energy_monthly", True, ["2026-09"])
        with pytest.MonkeyPatch.context() as patch:  # the same verdict where rows are too many for memory
            patch.setattr(gate_rows, "ROWS_IN_MEMORY", 0)
            assert gate.run(FEED, "2026-10", "2026-10") == job_run.DONE
        refuse(spark, "silver.energy_monthly", "2026-08")
        with pytest.raises(GateClosed, match=r"silver\.energy_monthly \(2026-08\)") as closed:
            gate.run("all", "", "")
        assert "继续提供原有数据" in closed.value.notices[0]
        assert gate.run(FEED, "", "") == job_run.DONE
        assert gate.run("all", "", "") == job_run.DONE
        table = tables.dictionary()["ops.ledger"]
        row = tables.read(spark, "ops.ledger").collect()[0].asDict()
        tables.append(tables.frame(spark, table, [{**row, "receipt_window": "2026-11", "closes": False}]), table)
        serve_something()
        with pytest.raises(GateClosed, match=r"ops\.ledger"):
            gate.run("ops.ledger", "", "")
        with duckdb.connect(str(releases.current_file()), read_only=True) as served:
            assert served.execute("select notice_zh from ops_notice").fetchall() == [
                ("“接收台账”未通过质量闸门，新数据暂不采用，继续提供原有数据",)
            ]
        (refused,) = [
            r for r in tables.read(spark, "ops.gate").collect() if r.table_name == "ops.ledger" and not r.passed
        ]
        assert refused.failed_blocking == 1
        assert "接收台账必须平衡" in refused.detail_zh
        pages = list((settings().home / "docs" / "data_docs").rglob("*.html"))
        assert pages
        assert not any("amazonaws" in page.read_text(encoding="utf-8") for page in pages)
