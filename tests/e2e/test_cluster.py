"""The cluster topology on one machine: the same tables as on one process, whatever dies in between.

Enterprises' reports of one month, from the upstream to gold: by calm jobs on the embedded lake, by disturbed ones on
the cluster. Needs the MinIO server (`make minio`), so it runs by `make cluster-test`, not by `make test`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from infra.settings import ROOT
from infra.spark.sole_driver import HELD
from tests.e2e.cluster_world import ComputeWorld, world

WINDOW = ("--from", "2026-11", "--to", "2026-11")
FEEDS = ("reporting", *WINDOW)


@pytest.fixture(scope="module")
def calm() -> Iterator[dict[str, str]]:
    """Table → content hash of the embedded lake, its jobs left in peace."""
    lake = world("cluster-calm", "embedded")
    try:
        for step in ("fetch", "bronze", "silver"):
            lake.done(step, *FEEDS)
        for step in ("activity", "emission"):
            lake.done(step, "all")
        yield lake.table_hashes()
    finally:
        lake.control("stop")


@pytest.fixture(scope="module")
def cluster() -> Iterator[ComputeWorld]:
    """The cluster, started and empty."""
    lake = world("cluster-test", "cluster")
    try:
        yield lake
    finally:
        lake.control("stop")


@pytest.fixture(scope="module")
def disturbed(cluster: ComputeWorld) -> ComputeWorld:
    """The same load on the cluster: a worker, the object store and the driver die while a table is being written."""
    cluster.done("fetch", *FEEDS)
    cluster.disturbed(
        "bronze.reporting__energy_monthly", lambda: cluster.kill("spark-worker-1", with_children=True), "bronze", *FEEDS
    )
    cluster.disturbed("silver.energy_monthly", lambda: cluster.kill("minio"), "silver", *FEEDS)
    cluster.done("activity", "all")
    cluster.disturbed("gold.emission", lambda: cluster.kill("spark", with_children=True), "emission", "all")
    return cluster


def test_tables_are_the_same_as_on_one_process(disturbed: ComputeWorld, calm: dict[str, str]) -> None:
    found = disturbed.table_hashes()
    assert {"silver.energy_monthly", "gold.activity", "gold.emission", "ops.ledger"} <= found.keys()
    assert found == calm


def test_tables_lie_in_the_object_store_and_nowhere_else(disturbed: ComputeWorld) -> None:
    assert any(name.endswith(".parquet") for name in disturbed.objects("gold.emission"))
    assert not list(disturbed.home.glob("warehouse/**/*.parquet"))


def test_spark_knows_the_tables_by_name(disturbed: ComputeWorld) -> None:
    done = disturbed.lake("catalog")
    assert done.returncode == 0, done.stderr
    asked = subprocess.run(
        [sys.executable, "-m", "tests.e2e.ask_by_name", "gold.emission"], cwd=ROOT, env=disturbed.env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == 0, asked.stderr[-2000:]
    by_name, by_place = asked.stdout.split()[-2:]
    assert int(by_name) == int(by_place) > 0


def test_a_second_driver_is_refused(disturbed: ComputeWorld) -> None:
    argv = [sys.executable, "-m", "infra.spark.server", "0"]
    second = subprocess.run(argv, cwd=ROOT, env=disturbed.env, capture_output=True, text=True, check=False)
    assert second.returncode == HELD
    assert "s3a://lake/warehouse has its one writing driver already" in second.stderr
