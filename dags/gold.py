"""From silver to what people see: activity and emission per source and month, then one build of marts and release.

`gold_<source>` follows the source's asset: months as they come, days rolled up when a month's days are all there.
`marts` follows any of them. `load_gold` does the same for a range of months, after first loads and backfills.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

from airflow.sdk import (
    DAG,
    Asset,
    IdentityMapper,
    MonthWindow,
    Param,
    PartitionedAssetTimetable,
    RollupMapper,
    StartOfMonthMapper,
)
from lake.operators import LakeJobOperator
from lake.policy import DEFAULT_ARGS, START, deadline
from lake.registry import Family, closed_range, families

ALL = "all"


def mapper(family: Family) -> IdentityMapper | RollupMapper:
    """From a source's receipt windows to months."""
    if family.grain == "month":
        return IdentityMapper()
    return RollupMapper(upstream_mapper=StartOfMonthMapper(input_format=family.key_format), window=MonthWindow())


def accounting(target: str, window_from: str, window_to: str, group: str = "") -> LakeJobOperator:
    """activity → emission of one source over months; the last task."""
    prefix = f"{group}_" if group else ""
    tasks = [
        LakeJobOperator(
            task_id=f"{prefix}{step}", step=step, target=target, window_from=window_from, window_to=window_to,
            pool="spark", trigger_rule="none_failed",
        )
        for step in ("activity", "emission")
    ]  # fmt: skip
    tasks[0] >> tasks[1]
    return tasks[1]


def release() -> tuple[LakeJobOperator, LakeJobOperator]:
    """gate → marts → publish; first and last task. A refused gate leaves the former release being served."""
    steps = [
        LakeJobOperator(task_id=step, step=step, target=ALL, pool="marts", trigger_rule="none_failed")
        for step in ("gate", "marts", "publish")
    ]
    steps[0] >> steps[1] >> steps[2]
    return steps[0], steps[2]


def gold(family: Family, outlet: Asset) -> DAG:
    """Activity and emission of one source, per month."""
    source = Asset(name=f"silver_{family.source}", uri=f"lake://silver/{family.source}")
    dag_id = f"gold_{family.source}"
    with DAG(
        dag_id=dag_id,
        schedule=PartitionedAssetTimetable(assets=source, default_partition_mapper=mapper(family)),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        deadline=deadline(dag_id),
        doc_md=f"{__doc__}\n\nSource: {family.title}",
        tags=["gold", family.source],
    ) as dag:
        key = "{{ dag_run.partition_key }}"
        last = accounting(family.source, key, key)
        last.outlets.append(outlet)
        last.inlets.append(source)
    return dag


def load_gold(members: list[Family]) -> DAG:
    """All sources over a range of months (a finished data set: all its months), then the release."""
    month = r"^\d{4}-\d{2}$"
    with DAG(
        dag_id="load_gold",
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        params={
            "from": Param(type="string", pattern=month, description="first month"),
            "to": Param(type="string", pattern=month, description="last month, included"),
            "reason": Param(type="string", minLength=1, description="why"),
        },
        doc_md=__doc__,
        tags=["load", "gold"],
    ) as dag:
        first, _ = release()
        asked = ("{{ params['from'] }}", "{{ params['to'] }}")
        for family in members:
            span = closed_range(family) if family.closed else asked
            accounting(family.source, *span, family.source) >> first
    return dag


def marts(inlets: list[Asset]) -> DAG:
    """One build and one release after any source's gold changed."""
    with DAG(
        dag_id="marts",
        schedule=reduce(or_, inlets),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        deadline=deadline("marts"),
        doc_md=__doc__,
        tags=["marts"],
    ) as dag:
        release()
    return dag


MEMBERS = families()
OPEN = {family.source: Asset(name=f"gold_{family.source}", uri=f"lake://gold/{family.source}")
        for family in MEMBERS if not family.closed}  # fmt: skip
for built in [
    *(gold(family, OPEN[family.source]) for family in MEMBERS if not family.closed),
    load_gold(MEMBERS),
    marts(list(OPEN.values())),
]:
    globals()[built.dag_id] = built
