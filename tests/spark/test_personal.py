"""On a real server: no name of a person stands in clear in silver or quarantine, and a rebuild gives the same rows."""

from __future__ import annotations

import json

from infra.crypto.provider import provider
from spark_jobs.engine import job_run, tables
from spark_jobs.ingest.landing import Delivery, Landing
from spark_jobs.jobs import bronze, silver
from tests.spark.landed import home_of

FEED = "reporting.enterprise"
NAME = "欧阳测试"


def record(code: str) -> dict[str, object]:
    return {
        "record_id": "r", "enterprise_code": code, "enterprise_name": "某公司", "sector": "aviation",
        "district_code": "310105", "address": "某路1号", "contact_name": NAME, "legal_boundary": "法人",
        "key_unit": "Y", "invented": "Y", "annual_energy_tce": 1.5, "version": 1,
        "updated_at": "2026-09-01T00:00:00+08:00",
    }  # fmt: skip


def test_names_are_in_clear_in_bronze_only(spark, spark_server, tmp_path):
    with home_of(spark_server, tmp_path / "personal"):
        data = json.dumps({"data": [record("91310105GX0LJDL012"), record("short")]}, ensure_ascii=False).encode()
        Landing().land(FEED, "2026-10", Delivery(data, "application/json", "utf-8", "GET /api/v1/enterprises"), "test")
        assert bronze.run(FEED, "", "") == job_run.DONE
        contents = []
        for _ in range(2):
            assert silver.run(FEED, "", "") == job_run.DONE
            contents.append([
                [row.asDict() for row in tables.read(spark, name).collect()]
                for name in ("silver.enterprise", "silver.quarantine")
            ])  # fmt: skip
        assert NAME in str(tables.read(spark, "bronze.reporting__enterprise").collect())
        assert contents[0] == contents[1]
        (kept,), (refused,) = contents[0]
        assert NAME not in str(contents[0])
        assert provider().decrypt(kept["contact_name"], f"{FEED}.contact_name") == NAME
        assert json.loads(refused["row_json"])["contact_name"] == "***"
