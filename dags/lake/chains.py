"""The tasks that take a source's windows from its platform to silver."""

from __future__ import annotations

from airflow.sdk import Asset

from lake.operators import LakeJobOperator
from lake.registry import Family


def chain(family: Family, window_from: str, window_to: str, outlets: list[Asset]) -> LakeJobOperator:
    """The four steps over a range of windows; the last one. A step with nothing to do does not stop the next."""
    previous: LakeJobOperator | None = None
    for step in ("fetch", "bronze", "silver", "gate"):
        task = LakeJobOperator(
            task_id=step,
            step=step,
            target=family.source,
            window_from=window_from,
            window_to=window_to,
            pool={"fetch": family.pool, "gate": "gate"}.get(step, "spark"),
            trigger_rule="none_failed",
            outlets=outlets if step == "gate" else [],
        )
        if previous:
            previous >> task
        previous = task
    return task
