"""Positions of vehicles and of ships by day of receipt: what was dropped is landed, refined and brought to hours.

`fleet_positions` and `ship_positions` take the day that closed (files of hours), one task each; `load_fleet_positions`
many days, for first loads (those of ships are a task of `load_gold`, since who a ship is stands in other sources). A
file that comes late is taken by the next run and changes only the days it holds. By hand: `bin/lake job positions` and
`bin/lake job ships`.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, CronPartitionTimetable, Param
from lake.operators import LakeJobOperator
from lake.policy import DEFAULT_ARGS, START, TIMEZONE, deadline

DAY, KEY_FORMAT = r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"


def taking(step: str, window_from: str, window_to: str, outlets: list[Asset]) -> LakeJobOperator:
    """The one task."""
    return LakeJobOperator(
        task_id=step, step=step, target="all", window_from=window_from, window_to=window_to, pool="spark",
        outlets=outlets,
    )  # fmt: skip


def daily(dag_id: str, step: str, kind: str) -> DAG:
    """The day that closed, every midnight; new marts follow."""
    with DAG(
        dag_id=dag_id,
        schedule=CronPartitionTimetable("0 0 * * *", timezone=TIMEZONE, run_offset=-1, key_format=KEY_FORMAT),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        deadline=deadline(dag_id),
        doc_md=__doc__,
        tags=["fleet"],
    ) as dag:
        key = "{{ dag_run.partition_key }}"
        taking(step, key, key, [Asset(f"gold_{kind}", uri=f"lake://gold/{kind}")])
    return dag


for built in (daily("fleet_positions", "positions", "fleet"), daily("ship_positions", "ships", "ships")):
    globals()[built.dag_id] = built

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
    taking("positions", "{{ params['from'] }}", "{{ params['to'] }}", [])
