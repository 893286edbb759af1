"""The server is our own, sessions survive its restart, tables are found by place, runs are recorded once."""

from __future__ import annotations

import pytest

from infra.settings import settings
from spark_jobs.engine import job_run, session, tables


def test_session_speaks_to_its_own_server_in_shanghai_time(spark):
    row = spark.sql("SELECT current_timezone() AS zone, CAST('2026-10-31 07:00:00' AS TIMESTAMP) AS t").collect()[0]
    assert row.zone == "Asia/Shanghai"
    assert row.t.hour == 7


def test_server_of_another_home_is_refused(spark_server, tmp_path):
    other = settings().model_copy(update={"home": tmp_path})
    with pytest.raises(session.WrongServer, match="LAKE_SPARK_REMOTE"):
        session.connect(other)


def test_runs_are_recorded_once_with_failures_and_table_versions(spark):
    with job_run.record("silver", "x.y", "2026-10", "2026-10") as run:
        job_run.note(rows_in=3, rows_out=2, table="silver.y", version=4)
        job_run.failure("E1", "no answer")
    assert job_run.flush(spark) >= 1
    assert job_run.flush(spark) == 0
    found = tables.read(spark, "ops.job_run").where(f"run_id = '{run.run_id}'").collect()
    assert [(r.rows_in, r.rows_out, r.table_versions_json) for r in found] == [(3, 2, '{"silver.y": 4}')]
    failed = tables.read(spark, "ops.failure").where(f"run_id = '{run.run_id}'").collect()
    assert [(r.object_id, r.message) for r in failed] == [("E1", "no answer")]


def test_killed_server_is_told_apart_and_a_new_session_works(spark_server):
    client = session.connect(spark_server.settings)
    spark_server.kill()
    with pytest.raises(session.ServerUnreachable, match="make status"):
        session.connect(spark_server.settings)
    spark_server.start()
    with pytest.raises(Exception) as caught:
        client.sql("SELECT 1").collect()
    assert session.is_session_lost(caught.value) or session.is_unreachable(caught.value)
    session.close(client)
    again = session.connect(spark_server.settings)
    assert again.sql("SELECT 1 AS one").collect()[0].one == 1
    session.close(again)


def test_a_record_that_two_jobs_move_at_once_stands_once(spark, spark_server):
    with job_run.record("silver", "x.z", "2026-10", "2026-10") as run:
        job_run.note(rows_in=1)
    spooled = {path: path.read_text(encoding="utf-8") for path in job_run._spool_dir().glob("*.json")}
    assert spooled
    assert job_run.flush(spark) >= 1
    for path, text in spooled.items():  # as the other job still sees them
        path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "read", lambda *_: spark.sql("SELECT '' AS run_id"))  # read before the first commit
        job_run.flush(spark)
    assert tables.read(spark, "ops.job_run").where(f"run_id = '{run.run_id}'").count() == 1
