"""What happens when a task fails or a deadline passes: one row in ``$LAKE_HOME/airflow/alerts.jsonl``.

Nothing is sent anywhere; the operator reads the rows in that file (docs/manual/operator.md).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from airflow.sdk import BaseNotifier


def write_row(kind: str, **fields: Any) -> None:
    """Append one row; a line is one write, so concurrent tasks do not mix."""
    path = Path(os.environ["LAKE_HOME"]) / "airflow" / "alerts.jsonl"
    row = {"at": datetime.now(UTC).isoformat(), "kind": kind, **fields}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


class RowNotifier(BaseNotifier):
    """Writes who failed, in which run and why."""

    def notify(self, context: Any) -> None:
        """Called by Airflow with the failed task's context."""
        ti = context["ti"]
        reason = str(context.get("exception"))[:500]
        write_row("task_failed", dag=ti.dag_id, task=ti.task_id, run=ti.run_id, attempt=ti.try_number, reason=reason)


def deadline_missed(family: str, context: dict[str, Any] | None = None) -> None:
    """Called by Airflow when a run is not done in time."""
    run = (context or {}).get("dag_run") or {}
    name = run.get("run_id") if isinstance(run, dict) else getattr(run, "run_id", None)
    write_row("deadline_missed", dag=family, run=name)
