"""Retries, time limits and deadlines that all DAGs share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import DeadlineAlert, DeadlineReference
from airflow.sdk.definitions.callback import SyncCallback

from lake.alerts import RowNotifier

TIMEZONE = "Asia/Shanghai"
START = pendulum.datetime(2024, 1, 1, tz=TIMEZONE)
DEADLINE = timedelta(hours=6)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "lake",
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": [RowNotifier()],
}


def deadline(name: str) -> DeadlineAlert:
    """A row in the alerts when a run of ``name`` is not done ``DEADLINE`` after it was queued."""
    callback = SyncCallback("lake.alerts.deadline_missed", kwargs={"family": name})
    return DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=DEADLINE, callback=callback)
