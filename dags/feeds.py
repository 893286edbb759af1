"""One partitioned and one range DAG per source: fetch → bronze → silver → gate.

The partitioned DAG takes one receipt window when it closes (local midnight); the range DAG takes many windows in one
run, for first loads and long backfills. Both ask upstream the same questions, so they land the same bytes.
"""

from __future__ import annotations

from airflow.sdk import DAG, Asset, CronPartitionTimetable, Param
from lake.chains import chain
from lake.policy import DEFAULT_ARGS, START, TIMEZONE, deadline
from lake.registry import Family, families

DOC = """\
### {title}

{origin}

{what}

| feed | 名称 |
|---|---|
{feeds}

Steps: `fetch` lands the bytes, `bronze` parses, `silver` types and versions, `gate` checks; each is
`bin/lake job STEP {source} --from W --to W` and may be run by hand. Long backfill: `bin/lake backfill`.
"""


def doc(family: Family, what: str) -> str:
    """Markdown shown on the DAG's page."""
    feeds = "\n".join(f"| `{feed.name}` | {feed.title} |" for feed in family.feeds)
    return DOC.format(title=family.title, origin=family.origin, what=what, feeds=feeds, source=family.source)


def silver_asset(family: Family) -> Asset:
    """The silver tables of one source, as one asset; its partitions are receipt windows."""
    return Asset(name=f"silver_{family.source}", uri=f"lake://silver/{family.source}")


def partitioned(family: Family) -> DAG:
    """One run per receipt window, when it closes."""
    with DAG(
        dag_id=f"feed_{family.source}",
        schedule=CronPartitionTimetable(family.cron, timezone=TIMEZONE, run_offset=-1, key_format=family.key_format),
        start_date=START,
        catchup=False,
        max_active_runs=2,
        default_args=DEFAULT_ARGS,
        deadline=deadline(f"feed_{family.source}"),
        doc_md=doc(family, f"A run takes the {family.grain} that closed."),
        tags=["feed", family.source],
    ) as dag:
        key = "{{ dag_run.partition_key }}"
        chain(family, key, key, [silver_asset(family)])
    return dag


def ranged(family: Family) -> DAG:
    """One run for many windows: first load, long backfill."""
    pattern = {"month": r"^\d{4}-\d{2}$", "day": r"^\d{4}-\d{2}-\d{2}$"}[family.grain]
    with DAG(
        dag_id=f"load_{family.source}",
        schedule=None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULT_ARGS,
        params={
            "from": Param(type="string", pattern=pattern, description=f"first {family.grain}"),
            "to": Param(type="string", pattern=pattern, description=f"last {family.grain}, included"),
            "reason": Param(type="string", minLength=1, description="why"),
        },
        doc_md=doc(family, "A run takes all windows from `from` to `to`, both included."),
        tags=["load", family.source],
    ) as dag:
        chain(family, "{{ params['from'] }}", "{{ params['to'] }}", [])
    return dag


for one in families():
    for built in [ranged(one)] if one.closed else [partitioned(one), ranged(one)]:
        globals()[built.dag_id] = built
