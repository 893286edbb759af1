"""From silver to what people see: activity and emission per source and month, then one build of marts and release.

`gold_<source>` follows the source's asset: months as they come, days rolled up when a month's days are all there.
`open_<source>` takes the month that is not over yet every morning; of a daily source, whose days come by themselves,
activity and emission only: a day that never came holds back no other. `marts` follows any of them. `load_gold` does
both at once, after first loads and backfills.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from airflow.sdk import (
    DAG,
    Asset,
    CronTriggerTimetable,
    IdentityMapper,
    MonthWindow,
    Param,
    PartitionedAssetTimetable,
    RollupMapper,
    StartOfMonthMapper,
)
from lake.chains import chain
from lake.operators import LakeJobOperator
from lake.policy import DEFAULT_ARGS, START, TIMEZONE, deadline
from lake.registry import KEY_FORMATS, Family, families

ALL = "all"
LATE_DAYS = 3  # days into a month on which the month before is still taken: its last days come after it is over


def mapper(family: Family) -> IdentityMapper | RollupMapper:
    """From a source's receipt windows to months."""
    if family.grain == "month":
        return IdentityMapper()
    return RollupMapper(upstream_mapper=StartOfMonthMapper(input_format=family.key_format), window=MonthWindow())


def accounting(target: str, window_from: str, window_to: str) -> tuple[LakeJobOperator, LakeJobOperator]:
    """activity → emission for the months that receipts touched; both tasks."""
    activity, emission = (
        LakeJobOperator(
            task_id=step,
            step=step,
            target=target,
            window_from=window_from,
            window_to=window_to,
            pool="spark",
            trigger_rule="none_failed",
        )
        for step in ("activity", "emission")
    )
    activity >> emission
    return activity, emission


def release() -> LakeJobOperator:
    """accounts → forecast → gate → marts → publish; the first task. A refused gate leaves the former release served."""
    accounts, forecast, gate, marts, publish = (
        LakeJobOperator(task_id=step, step=step, target=ALL, pool=pool, trigger_rule="none_failed")
        for step, pool in (
            ("accounts", "spark"),
            ("forecast", "spark"),
            ("gate", "gate"),
            ("marts", "marts"),
            ("publish", "marts"),
        )
    )
    accounts >> forecast >> gate >> marts >> publish
    return accounts


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
        _, last = accounting(family.source, key, key)
        last.outlets.append(outlet)
        last.inlets.append(source)
    return dag


def open_window(run_after: datetime, key_format: str) -> str:
    """The window that contains the moment a run is for, local."""
    return run_after.astimezone(ZoneInfo(TIMEZONE)).strftime(key_format)


def late_month(run_after: datetime) -> str:
    """The month that days still coming in may belong to: last month on the first days of a month, then this one."""
    return open_window(run_after - timedelta(days=LATE_DAYS), KEY_FORMATS["month"])


def open_month(family: Family, outlet: Asset) -> DAG:
    """Every morning: what came in this month so far. The month's own run, once it has closed, completes it."""
    dag_id = f"open_{family.source}"
    until = f"{{{{ open_window(dag_run.run_after, '{KEY_FORMATS['month']}') }}}}"
    daily = family.grain == "day"
    since = "{{ late_month(dag_run.run_after) }}" if daily else until
    with DAG(
        dag_id=dag_id,
        schedule=CronTriggerTimetable("30 6 * * *", timezone=TIMEZONE),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        deadline=deadline(dag_id),
        user_defined_macros={"open_window": open_window, "late_month": late_month},
        doc_md=f"{__doc__}\n\nSource: {family.title}",
        tags=["feed", "gold", family.source],
    ) as dag:
        activity, emission = accounting(family.source, since, until)
        emission.outlets.append(outlet)
        if not daily:
            chain(family, until, until, []) >> activity
    return dag


def load_gold() -> DAG:
    """After first loads and backfills: what the receipts of some windows touched, or everything, then the release."""
    window = r"^(\d{4}-\d{2}(-\d{2})?)?$"
    with DAG(
        dag_id="load_gold",
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        params={
            "target": Param(ALL, type="string", description="source, feed, or all"),
            "from": Param("", type="string", pattern=window, description="first receipt window; empty: all there are"),
            "to": Param("", type="string", pattern=window, description="last receipt window, included"),
            "reason": Param(type="string", minLength=1, description="why"),
        },
        doc_md=__doc__,
        tags=["load", "gold"],
    ) as dag:
        _, last = accounting("{{ params['target'] }}", "{{ params['from'] }}", "{{ params['to'] }}")
        # After the sources: registers say who a ship is. What was landed and not taken yet, whatever its day.
        ships = LakeJobOperator(task_id="ships", step="ships", target=ALL, pool="spark")
        [last, ships] >> release()
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
    *(open_month(family, OPEN[family.source]) for family in MEMBERS if not family.closed),
    load_gold(),
    marts([*OPEN.values(), *(Asset(name=f"gold_{kind}", uri=f"lake://gold/{kind}") for kind in ("fleet", "ships"))]),
]:
    globals()[built.dag_id] = built
