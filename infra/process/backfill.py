"""Past windows again, through Airflow: its own backfill for a few, the range DAG for many; then gold and release."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime

from rich.console import Console

from infra.process.airflow_api import RUNNING, AirflowApi
from infra.process.demonstration import POLL_S, Load, LoadFailed, follow
from infra.process.registry import dag_registry
from infra.process.supervision import Lake
from infra.settings import LOCAL_TZ, now

# Above this many windows one range run costs less than a run a window (a task's fixed cost is seconds).
RANGE_ABOVE = 6


class BackfillRefused(ValueError):
    """The request cannot be carried out; the message says why."""


@dataclass(frozen=True)
class Backfill:
    """One request, as recorded in ``ops.backfill``."""

    backfill_id: str
    source: str
    windows: tuple[str, ...]
    reason: str
    ranged: bool
    requested_at: str

    @property
    def first(self) -> str:
        return self.windows[0]

    @property
    def last(self) -> str:
        return self.windows[-1]


def plan(source: str, windows: list[str], reason: str, requested_at: datetime) -> Backfill:
    """How the request is carried out. Raises BackfillRefused where no window lies in the past."""
    family = next(one for one in dag_registry().families() if one.source == source)
    running = requested_at.astimezone(LOCAL_TZ).strftime(family.key_format)
    past = tuple(window for window in windows if window <= running)
    if not past:
        raise BackfillRefused(f"{source}: no window up to {running} among {', '.join(windows[:5]) or 'none'}")
    # The running window is no partition yet: only a range run can take it.
    ranged = family.closed or len(past) > RANGE_ABOVE or past[-1] == running
    name = f"backfill-{requested_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    return Backfill(name, source, past, reason.strip(), ranged, requested_at.isoformat())


def drive(api: AirflowApi, lake: Lake, work: Backfill, console: Console) -> None:
    """Carry the request out and record it; raises LoadFailed, after recording that too."""
    record(lake, work, "running")
    try:
        if work.ranged:
            asked = {"from": work.first, "to": work.last, "reason": work.reason}
            follow(
                api, [Load(f"load_{work.source}", work.first, work.last, work.backfill_id, asked)], console, _nothing
            )
        else:
            _airflow_backfill(api, work, console)
        asked = {"target": work.source, "from": work.first, "to": work.last, "reason": work.reason}
        follow(api, [Load("load_gold", work.first, work.last, work.backfill_id, asked)], console, _nothing)
    except BaseException:
        record(lake, work, "failed")
        raise
    record(lake, work, "success")


def _nothing() -> None:
    return None


def midnight(window: str) -> datetime:
    """Start of a window, which is Airflow's partition date; the end of a range is its last window's."""
    return datetime.fromisoformat(window if len(window) == 10 else f"{window}-01").replace(tzinfo=LOCAL_TZ)


def _airflow_backfill(api: AirflowApi, work: Backfill, console: Console) -> None:
    dag_id = f"feed_{work.source}"
    api.unpause(dag_id)
    conf = {"backfill_id": work.backfill_id, "reason": work.reason}
    number = api.create_backfill(dag_id, midnight(work.first), midnight(work.last), conf)
    shown = ""
    while True:
        runs = [run for run in api.runs(dag_id) if run.conf.get("backfill_id") == work.backfill_id]
        states = Counter(run.state for run in runs)
        text = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        if text != shown:
            console.print(f"  Airflow backfill {number}: {sum(states.values())} of {len(work.windows)} windows: {text}")
            shown = text
        if len(runs) >= len(work.windows) and not RUNNING & set(states):
            break
        time.sleep(POLL_S)
    failed = sorted(str(run.partition_key) for run in runs if run.state == "failed")
    if failed:
        raise LoadFailed(
            f"{dag_id}: failed windows: {', '.join(failed)}; see Airflow's page of it (address: make status)"
        )


def record(lake: Lake, work: Backfill, state: str) -> None:
    """Write the request's row in ``ops.backfill``; the same request is one row, with its newest state."""
    from spark_jobs.engine import session, tables

    done = now() if state != "running" else None
    row = {
        **asdict(work),
        "window_from": work.first,
        "window_to": work.last,
        "window_count": len(work.windows),
        "how": "range" if work.ranged else "backfill",
        "state": state,
        "requested_at": datetime.fromisoformat(work.requested_at),
        "ended_at": done,
    }
    table = tables.dictionary()["ops.backfill"]
    spark = session.connect(lake.settings)
    try:
        tables.ensure(spark, table)
        tables.replace(tables.frame(spark, table, [row]), table, tables.one_of("backfill_id", [work.backfill_id]))
    finally:
        session.close(spark)
