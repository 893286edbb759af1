"""Imports, policy, serialisation and structure of all DAGs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
STEPS = ["fetch", "bronze", "silver", "gate"]


def windows_of(source: str) -> list[dict]:
    folder = ROOT / "spark_jobs" / "sources" / source
    return [yaml.safe_load(path.read_text())["window"] for path in folder.glob("[a-z]*.yaml")]


def is_closed(source: str) -> bool:
    return all("last" in window for window in windows_of(source))


def test_every_source_has_its_dags_and_nothing_fails_to_import(dagbag, sources) -> None:
    assert dagbag.import_errors == {}
    assert len(sources) >= 5
    expected = {"marts", "upkeep", "fleet_positions", "ship_positions"}
    expected |= {f"load_{source}" for source in (*sources, "fleet_positions", "gold")}
    for source in sources:
        if not is_closed(source):
            expected |= {f"feed_{source}", f"gold_{source}", f"open_{source}"}
    assert set(dagbag.dags) == expected


def test_a_finished_data_set_has_no_schedule(dagbag, sources) -> None:
    closed = [source for source in sources if is_closed(source)]
    assert closed
    for source in closed:
        assert f"feed_{source}" not in dagbag.dags


def test_policy(dagbag) -> None:
    pools = {"spark", "gate", "marts"}
    for dag in dagbag.dags.values():
        assert dag.catchup is False, dag.dag_id
        assert dag.doc_md, dag.dag_id
        assert dag.max_active_runs <= 2, dag.dag_id
        assert dag.deadline or dag.dag_id.startswith("load_"), dag.dag_id
        for task in dag.tasks:
            assert task.retries >= 2, task
            assert task.execution_timeout is not None, task
            assert task.on_failure_callback, task
            assert task.pool in pools or task.pool.startswith("upstream_"), task


def test_serialises(dagbag) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dagbag.dags.values():
        assert json.loads(json.dumps(DagSerialization.to_dict(dag)))["dag"]["dag_id"] == dag.dag_id


@pytest.mark.parametrize("kind", ["feed", "load"])
def test_a_source_is_fetched_then_refined_then_gated(dagbag, sources, kind) -> None:
    for source in sources:
        dag = dagbag.dags.get(f"{kind}_{source}")
        if dag is None:
            assert kind == "feed" and is_closed(source)
            continue
        assert [task.task_id for task in dag.topological_sort()] == STEPS
        for before, after in pairwise(STEPS):
            assert dag.get_task(after).upstream_task_ids == {before}
            # Nothing new to fetch must not keep what landed earlier from being refined.
            assert dag.get_task(after).trigger_rule.value == "none_failed"
        assert dag.get_task("fetch").pool == f"upstream_{source}"
        assert {task.target for task in dag.tasks} == {source}


def test_only_scheduled_runs_announce_new_silver(dagbag, sources) -> None:
    for source in sources:
        assert dagbag.dags[f"load_{source}"].get_task("gate").outlets == []
        if not is_closed(source):
            names = [asset.name for asset in dagbag.dags[f"feed_{source}"].get_task("gate").outlets]
            assert names == [f"silver_{source}"]


def test_the_open_month_is_asked_for_every_morning(dagbag, sources) -> None:
    from gold import open_window

    # 23:30 UTC on the last of October is already November in Shanghai.
    assert open_window(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), "%Y-%m") == "2026-11"
    found = [dag for name, dag in dagbag.dags.items() if name.startswith("open_")]
    assert found
    for dag in found:
        daily = windows_of(dag.dag_id.removeprefix("open_"))[0]["grain"] == "day"
        order = [task.task_id for task in dag.topological_sort()]
        assert order == [*([] if daily else STEPS), "activity", "emission"]
        assert [asset.name for asset in dag.get_task("emission").outlets] == [dag.dag_id.replace("open_", "gold_")]


def test_days_reach_gold_though_others_of_their_month_never_come(dagbag, sources) -> None:
    from gold import late_month

    # 22:30 UTC is 06:30 the next day in Shanghai: on the 1st to the 3rd the month before is taken, too.
    assert late_month(datetime(2026, 10, 31, 22, 30, tzinfo=UTC)) == "2026-10"
    assert late_month(datetime(2026, 11, 2, 22, 30, tzinfo=UTC)) == "2026-10"
    assert late_month(datetime(2026, 11, 3, 22, 30, tzinfo=UTC)) == "2026-11"
    daily = [source for source in sources if not is_closed(source) and windows_of(source)[0]["grain"] == "day"]
    assert daily
    for source in daily:
        dag = dagbag.dags[f"open_{source}"]
        assert dag.timetable.expression == "30 6 * * *"
        for task in dag.tasks:
            assert task.target == source
            assert task.window_from == "{{ late_month(dag_run.run_after) }}"
            assert task.window_to == "{{ open_window(dag_run.run_after, '%Y-%m') }}"


def test_one_build_and_one_release_at_a_time(dagbag) -> None:
    for dag_id in ("load_gold", "marts"):
        dag = dagbag.dags[dag_id]
        assert dag.max_active_runs == 1
        assert dag.get_task("marts").upstream_task_ids == {"gate"}
        assert dag.get_task("publish").upstream_task_ids == {"marts"}
        assert dag.get_task("gate").upstream_task_ids == {"forecast"}
        assert [dag.get_task(name).pool for name in ("gate", "marts", "publish")] == ["gate", "marts", "marts"]
        assert dag.get_task("forecast").upstream_task_ids == {"accounts"}
    assert dagbag.dags["load_gold"].get_task("accounts").upstream_task_ids == {"emission", "ships"}


def test_tables_are_kept_up_every_week(dagbag) -> None:
    dag = dagbag.dags["upkeep"]
    assert dag.timetable.expression == "0 3 * * 0"
    (task,) = dag.tasks
    assert task.argv()[1:] == ["job", "maintain", "all"]


def test_partitions_close_at_local_midnight_and_name_the_window_before(dagbag, sources) -> None:
    """A later tick would lose the last window of every backfill."""
    for source in sources:
        if is_closed(source):
            continue
        grain = windows_of(source)[0]["grain"]
        timetable = dagbag.dags[f"feed_{source}"].timetable
        assert timetable.expression == {"month": "0 0 1 * *", "day": "0 0 * * *"}[grain]
        assert str(timetable.timezone) == "Asia/Shanghai"
        assert timetable.run_offset == -1
        assert timetable.key_format == {"month": "%Y-%m", "day": "%Y-%m-%d"}[grain]


def test_positions_are_one_task_that_brings_new_marts(dagbag) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    daily, ranged = dagbag.dags["fleet_positions"], dagbag.dags["load_fleet_positions"]
    for dag in (daily, ranged):
        (task,) = dag.tasks
        assert task.pool == "spark" and task.argv()[1:4] == ["job", "positions", "all"]
    assert daily.timetable.run_offset == -1 and str(daily.timetable.timezone) == "Asia/Shanghai"
    (outlet,) = daily.tasks[0].outlets
    assert outlet.name in json.dumps(DagSerialization.to_dict(dagbag.dags["marts"]))
    assert ranged.tasks[0].outlets == []


def test_ships_are_taken_daily_and_before_the_release_of_a_load(dagbag) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    daily, load = dagbag.dags["ship_positions"], dagbag.dags["load_gold"]
    (task,) = daily.tasks
    assert task.pool == "spark" and task.argv()[1:4] == ["job", "ships", "all"]
    assert daily.timetable.run_offset == -1 and str(daily.timetable.timezone) == "Asia/Shanghai"
    assert task.outlets[0].name in json.dumps(DagSerialization.to_dict(dagbag.dags["marts"]))
    own = load.get_task("ships")
    assert own.argv()[1:] == ["job", "ships", "all"] and own.pool == "spark"
    assert own.upstream_task_ids == set() and own.downstream_task_ids == {"accounts"}
    assert load.get_task("accounts").upstream_task_ids == {"emission", "ships"}


def test_first_load_is_at_most_sixty_tasks(dagbag, sources) -> None:
    loads = [dagbag.dags[f"load_{source}"] for source in (*sources, "fleet_positions", "gold")]
    assert sum(len(dag.tasks) for dag in loads) <= 60


def test_no_source_or_feed_is_named_in_the_code(sources) -> None:
    feeds = [path.stem for source in sources
             for path in (ROOT / "spark_jobs" / "sources" / source).glob("[a-z]*.yaml")]  # fmt: skip
    files = sorted((ROOT / "dags").rglob("*.py"))
    assert len(files) >= 5
    for path in files:
        words = set(path.read_text(encoding="utf-8").replace('"', " ").replace("'", " ").split())
        assert not words & ({*sources} | {f"{source}_{feed}" for source in sources for feed in feeds}), path
