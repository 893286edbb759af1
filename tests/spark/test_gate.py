"""A gate lets good tables through, and closes on a blocking expectation with a row that says why."""

from __future__ import annotations

import duckdb
import pytest

from infra.settings import settings
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


def test_gate_opens_for_good_rows_and_closes_for_an_open_ledger(spark, spark_server, tmp_path):
    with home_of(spark_server, tmp_path / "gated"):
        assert gate.run(FEED, "", "") == job_run.NOTHING_TO_DO
        land("2026-10", [record(e, "2026-09") for e in ENTERPRISES])
        bronze.run(FEED, "", "")
        silver.run(FEED, "", "")
        assert gate.run(FEED, "2026-10", "2026-10") == job_run.DONE
        with pytest.MonkeyPatch.context() as patch:  # the same verdict where rows are too many for memory
            patch.setattr(gate_rows, "ROWS_IN_MEMORY", 0)
            assert gate.run(FEED, "2026-10", "2026-10") == job_run.DONE
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
        told = {r.table_name: r for r in tables.read(spark, "ops.gate").collect()}
        assert told["silver.energy_monthly"].passed
        assert told["silver.energy_monthly"].periods == ["2026-09"]
        assert (told["ops.ledger"].passed, told["ops.ledger"].failed_blocking) == (False, 1)
        assert "接收台账必须平衡" in told["ops.ledger"].detail_zh
        pages = list((settings().home / "docs" / "data_docs").rglob("*.html"))
        assert pages
        assert not any("amazonaws" in page.read_text(encoding="utf-8") for page in pages)
