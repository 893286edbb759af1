"""What the command line says of itself and of wrong calls."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from spark_jobs.commands import dashboards, job
from spark_jobs.commands import hash as hash_command
from spark_jobs.contracts import load_contracts
from spark_jobs.engine import session, tables
from spark_jobs.jobs import deploy
from tests.fixtures.lake.published import lake


@pytest.mark.parametrize("command", ["submit", "feeds", "keys"])
def test_help_names_the_program_as_it_is_called(tmp_path: Path, command: str) -> None:
    shown = lake(tmp_path, command, "--help").stdout
    assert f"Usage: lake {command} " in shown
    assert "keys ." not in shown


def test_help_of_job_lists_every_step(tmp_path: Path) -> None:
    shown = lake(tmp_path, "job", "--help").stdout
    for step in ("fetch", "bronze", "silver", "gate", "activity", "emission", "marts", "publish", "deploy", "maintain"):
        assert f" {step}: " in shown


@pytest.mark.parametrize("words", [("silver", "nope"), ("gate", "nope.nope"), ("maintain", "copper")])
def test_an_unknown_target_is_a_wrong_call(tmp_path: Path, words: tuple[str, str]) -> None:
    done = lake(tmp_path, "job", *words)
    assert done.returncode == 2, done.stderr
    assert "known: " in done.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    done = lake(tmp_path, "submit", "reporting.energy_monthly", str(tmp_path / "九月.csv"))
    assert done.returncode == 2
    assert f"没有这个文件：{tmp_path / '九月.csv'}" in done.stderr


def test_an_empty_lake_says_what_to_run(tmp_path: Path) -> None:
    done = lake(tmp_path, "release", "show")
    assert done.returncode == 2
    assert "make run" in done.stderr


def test_feed_names_are_whole_where_the_output_is_no_terminal(tmp_path: Path) -> None:
    shown = lake(tmp_path, "status").stdout
    assert all(feed in shown for feed in load_contracts())


@pytest.mark.parametrize("words", [("--from", "abc"), ("--from", "2026-13"), ("--from", "2026-10", "--to", "soon")])
def test_a_window_that_is_none_is_a_wrong_call(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(job.app, ["silver", "reporting.energy_monthly", *words])
    assert done.exit_code == 2
    assert f"{words[-2]} {words[-1]!r}" in done.output


def test_hash_without_spark_is_one_line_and_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise session.ServerUnreachable("no answer at sc://localhost:1; run: make start")

    monkeypatch.setattr(tables, "exists", lambda name: True)
    monkeypatch.setattr(session, "connect", refuse)
    done = CliRunner().invoke(hash_command.app, ["silver.voyage"])
    assert (done.exit_code, done.output) == (75, "lake hash: no answer at sc://localhost:1; run: make start\n")


def test_pull_before_a_deployment_is_one_line_and_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: str) -> str:
        raise deploy.DeployFailed("Traceback\n...\nsqlalchemy.exc.OperationalError: no such table: dashboards")

    monkeypatch.setattr(deploy, "run_module", fail)
    done = CliRunner().invoke(dashboards.app, ["pull"])
    assert done.exit_code == 75
    assert "lake dashboards deploy" in done.output and len(done.output.splitlines()) == 1
