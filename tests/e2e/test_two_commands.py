"""What `make run` promises, on the small world."""

from __future__ import annotations

import json
import stat

import duckdb
import httpx
import psutil
import tenacity

from infra.process import ownership
from infra.process.airflow_api import AirflowApi
from infra.process.layout import instance_id
from infra.process.supervision import process_ids
from tests.small_world import SmallWorld


def api(world: SmallWorld) -> AirflowApi:
    return AirflowApi(world.place, world.values["LAKE_AIRFLOW_URL"])


def test_every_load_ran_through_airflow_in_few_tasks(running_lake: SmallWorld) -> None:
    airflow = api(running_lake)
    loads = json.loads((running_lake.place.run / "first_load.json").read_text())
    assert len(loads) >= 6
    tasks = []
    for load in loads:
        assert airflow.run(load["dag_id"], load["run_id"]).state == "success"
        tasks += airflow.tasks(load["dag_id"], load["run_id"])
    assert len(tasks) <= 60
    assert {task.state for task in tasks} <= {"success", "skipped"}


def test_a_release_is_served(running_lake: SmallWorld) -> None:
    with duckdb.connect(str(running_lake.home / "serving" / "current.duckdb"), read_only=True) as serving:
        (release_id,) = serving.execute("select release_id from ops_release").fetchone()
        rows = serving.execute("select sum(row_count) from ops_release_mart").fetchone()[0]
    assert (running_lake.home / "serving" / "releases" / release_id / "release.json").exists()
    assert rows > 1000


def test_pages_answer_and_are_our_own(running_lake: SmallWorld) -> None:
    instance = instance_id(running_lake.place)
    for name in ("LAKE_SUPERSET_URL", "LAKE_DOCS_URL", "LAKE_AIRFLOW_URL"):
        url = running_lake.values[name]
        assert ownership.port_is_ours(int(url.rsplit(":", 1)[1]), instance), name
        assert httpx.get(url, follow_redirects=True, trust_env=False, timeout=60).status_code == 200, name


def test_nothing_listens_beyond_this_machine(running_lake: SmallWorld) -> None:
    instance = instance_id(running_lake.place)
    listening = [
        connection.laddr.ip
        for process in ownership.owned(instance)
        for connection in process.net_connections(kind="tcp")
        if connection.status == "LISTEN"
    ]
    assert listening
    assert {ip.removeprefix("::ffff:") for ip in listening} <= {"127.0.0.1", "::1"}


def test_secrets_are_for_the_owner_only(running_lake: SmallWorld) -> None:
    files = [path for path in running_lake.place.secrets.rglob("*") if path.is_file()]
    assert len(files) >= 10
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert stat.S_IMODE(running_lake.place.secrets.stat().st_mode) == 0o700


def test_a_second_run_redoes_nothing(running_lake: SmallWorld) -> None:
    airflow = api(running_lake)
    loads = json.loads((running_lake.place.run / "first_load.json").read_text())
    before = {load["dag_id"]: airflow.tasks(load["dag_id"], load["run_id"]) for load in loads}
    code, output = running_lake.control("run")
    assert code == 0, output
    assert {load["dag_id"]: airflow.tasks(load["dag_id"], load["run_id"]) for load in loads} == before
    assert "already deployed" in output


def test_a_killed_process_comes_back(running_lake: SmallWorld) -> None:
    (before,) = process_ids(running_lake.place, "upstream")
    psutil.Process(before).kill()
    url = running_lake.values["LAKE_REPORTING_URL"]
    again = tenacity.retry(stop=tenacity.stop_after_delay(60), wait=tenacity.wait_fixed(0.5))(httpx.get)
    assert again(f"{url}/healthz", trust_env=False).json()["instance"] == instance_id(running_lake.place)
    assert process_ids(running_lake.place, "upstream") != [before]


def test_lineage_is_written_to_a_file(running_lake: SmallWorld) -> None:
    events = [json.loads(line) for line in (running_lake.home / "airflow" / "openlineage.jsonl").open()]
    assert "COMPLETE" in {event["eventType"] for event in events}
