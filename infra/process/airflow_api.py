"""The few calls to Airflow's REST API that a load or a backfill needs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from infra.process import credentials
from infra.process.layout import Layout

PAGE = 100  # the most that Airflow gives at once
RUNNING = {"queued", "running"}
TASK_DONE = {"success", "failed", "skipped", "upstream_failed", "removed"}


class AirflowRefused(RuntimeError):
    """Airflow answered with an error; the message carries what it said."""


@dataclass(frozen=True)
class Run:
    """One DAG run."""

    dag_id: str
    run_id: str
    state: str
    partition_key: str | None
    conf: dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One task of a run; ``started`` and ``ended`` are ISO instants or None."""

    task_id: str
    state: str | None
    started: str | None
    ended: str | None
    attempt: int


class AirflowApi:
    """Client of one lake's Airflow; signs in with the generated password and again when the token has run out."""

    def __init__(self, place: Layout, url: str):
        self.place = place
        self._http = httpx.Client(base_url=url, timeout=60.0, trust_env=False)
        self._sign_in()

    def _sign_in(self) -> None:
        password = credentials.read(self.place, "airflow_admin_password")
        answer = self._http.post("/auth/token", json={"username": credentials.AIRFLOW_USER, "password": password})
        answer.raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def call(self, method: str, path: str, **kwargs: Any) -> Any:
        """JSON of one call below ``/api/v2``; tries through a restart of the server for a minute."""
        until = time.monotonic() + 60
        while True:
            try:
                answer = self._http.request(method, f"/api/v2{path}", **kwargs)
            except httpx.TransportError as error:
                if time.monotonic() > until:
                    raise AirflowRefused(f"{method} {path}: {error}") from error
                time.sleep(1.0)
                continue
            if answer.status_code == 401 and time.monotonic() < until:
                self._sign_in()
                continue
            if answer.status_code >= 500 and time.monotonic() < until:
                time.sleep(1.0)
                continue
            if answer.is_error:
                raise AirflowRefused(f"{method} {path}: {answer.status_code} {answer.text[:600]}")
            return answer.json() if answer.content else None

    def import_errors(self) -> list[str]:
        """What is wrong with DAG files, one text each."""
        found = self.call("GET", "/importErrors")["import_errors"]
        return [f"{one['filename']}: {one['stack_trace']}" for one in found]

    def dags(self) -> dict[str, bool]:
        """DAG → whether it is paused."""
        return {one["dag_id"]: one["is_paused"] for one in self.call("GET", "/dags", params={"limit": 200})["dags"]}

    def unpause(self, dag_id: str) -> None:
        """Let a DAG's runs start."""
        self.call("PATCH", f"/dags/{dag_id}", json={"is_paused": False})

    def trigger(self, dag_id: str, run_id: str, conf: dict[str, Any]) -> Run:
        """Start a run under a chosen id; a run of that id that is there already is returned as it is."""
        try:
            made = self.call(
                "POST", f"/dags/{dag_id}/dagRuns", json={"dag_run_id": run_id, "logical_date": None, "conf": conf}
            )
        except AirflowRefused as refused:
            if " 409 " not in str(refused):
                raise
            return self.run(dag_id, run_id)
        return _run(made)

    def run(self, dag_id: str, run_id: str) -> Run:
        """One run as it stands; AirflowRefused where there is none."""
        return _run(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}"))

    def runs(self, dag_id: str) -> list[Run]:
        """The newest hundred runs of a DAG."""
        found = self.call("GET", f"/dags/{dag_id}/dagRuns", params={"limit": 100, "order_by": "-run_after"})
        return [_run(one) for one in found["dag_runs"]]

    def tasks(self, dag_id: str, run_id: str) -> list[Task]:
        """The tasks of a run."""
        found = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", params={"limit": 200})
        return [_task(one) for one in found["task_instances"]]

    def standing(self, runs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, list[Task]]]:
        """State and tasks of several runs, asked for in two calls: (DAG, run id) → (state, tasks)."""
        wanted = set(runs)
        dags, ids = sorted({dag_id for dag_id, _ in wanted}), sorted({run_id for _, run_id in wanted})
        found: dict[tuple[str, str], tuple[str, list[Task]]] = {}
        for one in self._listed("dagRuns", "dag_runs", {"dag_ids": dags, "order_by": "-run_after"}):
            if (one["dag_id"], one["dag_run_id"]) in wanted:
                found[one["dag_id"], one["dag_run_id"]] = (one["state"], [])
        for one in self._listed("dagRuns/~/taskInstances", "task_instances", {"dag_ids": dags, "dag_run_ids": ids}):
            if (one["dag_id"], one["dag_run_id"]) in found:
                found[one["dag_id"], one["dag_run_id"]][1].append(_task(one))
        return found

    def _listed(self, what: str, key: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """All pages of a list asked for by a body."""
        offset, total = 0, 1
        while offset < total:
            page = self.call("POST", f"/dags/~/{what}/list", json={**body, "page_offset": offset, "page_limit": PAGE})
            yield from page[key]
            offset, total = offset + PAGE, page["total_entries"]

    def clear_failed(self, dag_id: str, run_id: str) -> None:
        """Let the failed tasks of a run, and what follows them, run again."""
        body = {"dry_run": False, "dag_run_id": run_id, "only_failed": True, "reset_dag_runs": True}
        self.call("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)

    def log_tail(self, dag_id: str, run_id: str, task: Task, lines: int = 8) -> str:
        """The last lines of a task's newest log."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{max(task.attempt, 1)}"
        content = self.call("GET", path)["content"]
        texts = [one.get("event", "") if isinstance(one, dict) else str(one) for one in content]
        return "\n".join(f"    {text}" for text in texts[-lines:])

    def create_backfill(self, dag_id: str, first: datetime, last: datetime, conf: dict[str, Any]) -> int:
        """Airflow's own backfill over partition dates, both included; its id."""
        body = {
            "dag_id": dag_id,
            "from_date": first.isoformat(),
            "to_date": last.isoformat(),
            "reprocess_behavior": "completed",
            "max_active_runs": 2,
            "dag_run_conf": conf,
        }
        return int(self.call("POST", "/backfills", json=body)["id"])


def _task(content: dict[str, Any]) -> Task:
    return Task(content["task_id"], content["state"], content["start_date"], content["end_date"], content["try_number"])


def _run(content: dict[str, Any]) -> Run:
    return Run(
        content["dag_id"],
        content["dag_run_id"],
        content["state"],
        content.get("partition_key"),
        content.get("conf") or {},
    )
