"""The cluster topology on one machine: the same tables and the same release as on one process, whatever dies meanwhile.

Reports of enterprises and ships over months and a day's positions of trucks, from the upstream to a published release:
by calm jobs on the embedded lake, by disturbed ones on the cluster. Needs the MinIO server (`make minio`), so it runs
by `make cluster-test`, not by `make test`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from infra.settings import ROOT
from infra.spark.sole_driver import HELD
from tests.e2e.cluster_world import DONE, NOTHING_TO_DO, ComputeWorld, world
from tests.e2e.release_hashes import release_hashes

WINDOWS = ("--from", "2026-09", "--to", "2026-11")
REPORTING, SHIPS = ("reporting", *WINDOWS), ("ship_energy", *WINDOWS)
DAY, TRUCKS = "2026-11-21", 60
POSITIONS = ("positions", "all", "--from", DAY, "--to", DAY)
RELEASE = ("accounts", "forecast", "gate", "marts", "publish")
CELLS = "200"


@dataclass(frozen=True)
class Content:
    """What a lake that published holds: table → content hash, of the lake and of its release."""

    lake: ComputeWorld
    tables: dict[str, str]
    release: dict[str, str]


@pytest.fixture(scope="module")
def calm() -> Content:
    """The embedded lake, its jobs left in peace; it has ended before the cluster starts."""
    with world("cluster-calm", "embedded") as lake:
        for step in ("fetch", "bronze", "silver"):
            for feeds in (REPORTING, SHIPS):
                lake.done(step, *feeds)
        lake.positions(DAY, TRUCKS)
        lake.done(*POSITIONS)
        for step in ("activity", "emission", *RELEASE):
            lake.done(step, "all")
        return Content(lake, lake.table_hashes("--fleets"), release_hashes(lake.served))


@pytest.fixture(scope="module")
def cluster(calm: Content) -> Iterator[ComputeWorld]:
    """The cluster, started and empty, with the other lake's key of vehicles."""
    with world("cluster-test", "cluster") as lake:
        lake.take_identity(calm.lake)
        yield lake


@pytest.fixture(scope="module")
def disturbed(cluster: ComputeWorld) -> ComputeWorld:
    """The same load on the cluster: workers, the object store and the driver die while a table is being written."""
    for feeds in (REPORTING, SHIPS):
        cluster.done("fetch", *feeds)
    cluster.disturbed(
        "bronze.reporting__energy_monthly",
        lambda: cluster.kill("spark-worker-1", with_children=True),
        *("bronze", *REPORTING),
    )
    cluster.disturbed("silver.energy_monthly", lambda: cluster.kill("minio"), "silver", *REPORTING)
    for step in ("bronze", "silver"):
        cluster.done(step, *SHIPS)
    cluster.positions(DAY, TRUCKS)
    cluster.disturbed("gold.fleet_vehicle_hour", lambda: cluster.kill("spark-worker-2", with_children=True), *POSITIONS)
    cluster.done("activity", "all")
    left = cluster.disturbed("gold.emission", lambda: cluster.kill("spark", with_children=True), "emission", "all")
    assert left <= cluster.uncommitted("gold.emission"), "what the killed driver had written is in no commit"
    return cluster


@pytest.fixture(scope="module")
def published(disturbed: ComputeWorld) -> ComputeWorld:
    """The cluster with a release, built from tables in the object store."""
    for step in RELEASE:
        disturbed.done(step, "all")
    return disturbed


def test_tables_are_the_same_as_on_one_process(published: ComputeWorld, calm: Content) -> None:
    found = published.table_hashes("--fleets")
    assert {"silver.energy_monthly", "gold.activity", "gold.emission", "ops.ledger"} <= found.keys()
    assert {"gold.fleet_vehicle_hour", "gold.fleet_cell_hour", "gold.fleet_trip"} <= found.keys()
    assert found == calm.tables


def test_the_release_has_the_same_rows_as_one_built_from_a_folder(published: ComputeWorld, calm: Content) -> None:
    found = release_hashes(published.served)
    filled = {mart for mart, told in found.items() if not told.startswith("0:")}
    assert {"fct_emission_line", "agg_carbon_city_month", "fct_voyage", "fct_source_record"} <= filled
    assert found == calm.release


def test_figures_of_the_release_lead_down_to_landed_bytes(published: ComputeWorld) -> None:
    traced = published.lake("trace", "--random", CELLS, "--seed", "20261122")
    assert traced.returncode == DONE, traced.stdout + traced.stderr
    assert f": {CELLS} cells of" in traced.stdout
    assert "0 cells do not add up, 0 links are broken" in traced.stdout


def test_chains_and_the_release_verify(published: ComputeWorld) -> None:
    verified = published.lake("verify")
    assert verified.returncode == DONE, verified.stdout + verified.stderr
    assert "signatures: 1 checked, 0 broken" in verified.stdout


def test_an_unchanged_lake_makes_no_new_release(published: ComputeWorld) -> None:
    assert published.done("marts", "all") == NOTHING_TO_DO


def test_tables_lie_in_the_object_store_and_nowhere_else(disturbed: ComputeWorld) -> None:
    assert any(name.endswith(".parquet") for name in disturbed.objects("gold.emission"))
    assert not list(disturbed.home.glob("warehouse/*/*/_delta_log"))


def test_spark_knows_the_tables_by_name(disturbed: ComputeWorld) -> None:
    done = disturbed.lake("catalog")
    assert done.returncode == DONE, done.stderr
    asked = subprocess.run(
        [sys.executable, "-m", "tests.e2e.ask_by_name", "gold.emission"], cwd=ROOT, env=disturbed.env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert asked.returncode == DONE, asked.stderr[-2000:]
    by_name, by_place = asked.stdout.split()[-2:]
    assert int(by_name) == int(by_place) > 0


def test_a_second_driver_is_refused(disturbed: ComputeWorld) -> None:
    argv = [sys.executable, "-m", "infra.spark.server", "0"]
    second = subprocess.run(argv, cwd=ROOT, env=disturbed.env, capture_output=True, text=True, check=False)
    assert second.returncode == HELD
    assert "s3a://lake/warehouse has its one writing driver already" in second.stderr
