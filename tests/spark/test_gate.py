"""A gate lets good tables through, and closes on a blocking expectation with a row that says why."""

from __future__ import annotations

import pytest

from infra.settings import settings
from spark_jobs.engine import job_run, tables
from spark_jobs.engine.gate import GateClosed
from spark_jobs.jobs import bronze, gate, silver
from tests.spark.landed import ENTERPRISES, FEED, home_of, land, record


def test_gate_opens_for_good_rows_and_closes_for_an_open_ledger(spark, spark_server, tmp_path):
    with home_of(spark_server, tmp_path / "gated"):
        assert gate.run(FEED, "", "") == job_run.NOTHING_TO_DO
        land("2026-10", [record(e, "2026-09") for e in ENTERPRISES])
        bronze.run(FEED, "", "")
        silver.run(FEED, "", "")
        assert gate.run(FEED, "2026-10", "2026-10") == job_run.DONE
        table = tables.dictionary()["ops.ledger"]
        row = tables.read(spark, "ops.ledger").collect()[0].asDict()
        tables.append(tables.frame(spark, table, [{**row, "receipt_window": "2026-11", "closes": False}]), table)
        with pytest.raises(GateClosed, match=r"ops\.ledger"):
            gate.run("ops.ledger", "", "")
        told = {r.table_name: r for r in tables.read(spark, "ops.gate").collect()}
        assert told["silver.energy_monthly"].passed
        assert told["silver.energy_monthly"].periods == ["2026-09"]
        assert (told["ops.ledger"].passed, told["ops.ledger"].failed_blocking) == (False, 1)
        assert "接收台账必须平衡" in told["ops.ledger"].detail_zh
        pages = list((settings().home / "docs" / "data_docs").rglob("*.html"))
        assert pages
        assert not any("amazonaws" in page.read_text(encoding="utf-8") for page in pages)
