"""Run one job of the lake from an Airflow task: ``bin/lake job STEP TARGET --from W --to W``.

No shell: argv is a list, so nothing needs quoting. Lines stream to the task's log as they are printed; the process
group ends with the task. The job gets none of Airflow's own settings, so neither DSN nor keys reach it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from airflow.exceptions import AirflowException
from airflow.providers.standard.hooks.subprocess import SubprocessHook
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from lake.registry import ROOT

DONE, WRONG_CALL, BAD_DATA, TRY_AGAIN, NOTHING_TO_DO = 0, 2, 65, 75, 99


def job_environment(environ: dict[str, str], run_id: str) -> dict[str, str]:
    """``environ`` without Airflow's settings, with the run's id for ``ops.job_run``."""
    kept = {key: value for key, value in environ.items() if not key.startswith(("AIRFLOW__", "_AIRFLOW"))}
    kept.pop("PYTHONPATH", None)
    return {**kept, "LAKE_RUN_ID": run_id}


class LakeJobOperator(BaseOperator):
    """One job over a range of windows. Exit codes: 0 done, 2 and 65 fail without retry, 75 retry, 99 skip."""

    template_fields: Sequence[str] = ("step", "target", "window_from", "window_to")
    ui_color = "#d7efe3"

    def __init__(self, *, step: str, target: str, window_from: str = "", window_to: str = "", **kwargs: Any):
        super().__init__(**kwargs)
        self.step, self.target = step, target
        self.window_from, self.window_to = window_from, window_to
        self._hook: SubprocessHook | None = None

    def argv(self) -> list[str]:
        """Command line of the job."""
        words = [str(ROOT / "bin" / "lake"), "job", self.step, self.target]
        if self.window_from:
            words += ["--from", self.window_from, "--to", self.window_to or self.window_from]
        return words

    def execute(self, context: Any) -> None:
        """Run the job; its exit code decides between success, failure, retry and skip."""
        ti = context["ti"]
        self._hook = SubprocessHook()
        run_id = f"{ti.dag_id}.{ti.task_id}.{ti.run_id}.{ti.try_number}"
        env = job_environment(dict(os.environ), run_id)
        code = self._hook.run_command(self.argv(), env=env, cwd=str(ROOT)).exit_code
        what = f"lake job {self.step} {self.target} {self.window_from}..{self.window_to}"
        if code == NOTHING_TO_DO:
            raise AirflowSkipException(f"{what}: nothing to do")
        if code == BAD_DATA:
            raise AirflowFailException(f"{what}: bad data; the same data would fail again")
        if code == WRONG_CALL:
            raise AirflowFailException(f"{what}: no such job; another try would not make one")
        if code != DONE:
            raise AirflowException(f"{what}: exit code {code}")

    def on_kill(self) -> None:
        """End the job's process group with the task."""
        if self._hook:
            self._hook.send_sigterm()
