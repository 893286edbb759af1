"""Positions of vehicles by day of receipt: what gateways dropped is landed, refined and brought to hours, in one task.

`fleet_positions` takes the day that closed (files of hours); `load_fleet_positions` many days, for first loads. A file
that comes late is taken by the next run and changes only the days it holds. By hand: `bin/lake job positions`.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, CronPartitionTimetable, Param
from lake.operators import LakeJobOperator
from lake.policy import DEFAULT_ARGS, START, TIMEZONE, deadline

DAY, KEY_FORMAT = r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"


def taking(window_from: str, window_to: str, outlets: list[Asset]) -> LakeJobOperator:
    """The one task."""
    return LakeJobOperator(
        task_id="positions", step="positions", target="all", window_from=window_from, window_to=window_to, pool="spark",
        outlets=outlets,
    )  # fmt: skip


with DAG(
    dag_id="fleet_positions",
    schedule=CronPartitionTimetable("0 0 * * *", timezone=TIMEZONE, run_offset=-1, key_format=KEY_FORMAT),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    deadline=deadline("fleet_positions"),
    doc_md=__doc__,
    tags=["fleet"],
):
    taking("{{ dag_run.partition_key }}", "{{ dag_run.partition_key }}", [Asset("gold_fleet", uri="lake://gold/fleet")])

with DAG(
    dag_id="load_fleet_positions",
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "from": Param(type="string", pattern=DAY, description="first day of receipt"),
        "to": Param(type="string", pattern=DAY, description="last day of receipt, included"),
        "reason": Param(type="string", minLength=1, description="why"),
    },
    doc_md=__doc__,
    tags=["load", "fleet"],
):
    taking("{{ params['from'] }}", "{{ params['to'] }}", [])
