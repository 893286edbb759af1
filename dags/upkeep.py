"""Upkeep, Sundays at 03:00: join small files, delete versions and logs past their retention, warn of a full disk.

How long each layer keeps what is not current stands in `spark_jobs/tables/retention.yml`.
"""

from __future__ import annotations

from airflow.sdk import DAG, CronTriggerTimetable
from lake.operators import LakeJobOperator
from lake.policy import DEFAULT_ARGS, START, TIMEZONE, deadline

with DAG(
    dag_id="upkeep",
    schedule=CronTriggerTimetable("0 3 * * 0", timezone=TIMEZONE),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    deadline=deadline("upkeep"),
    doc_md=__doc__,
    tags=["upkeep"],
):
    LakeJobOperator(task_id="maintain", step="maintain", target="all", pool="spark")
