"""The operator against a real program that exits as it is told: states, arguments, environment."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.exceptions import AirflowException
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

PROGRAM = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["SEEN"], "w") as file:
    json.dump({"argv": sys.argv[1:], "env": dict(os.environ)}, file)
sys.exit(int(os.environ["EXIT"]))
"""


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import lake.operators

    program = tmp_path / "bin" / "lake"
    program.parent.mkdir()
    program.write_text(PROGRAM)
    program.chmod(0o755)
    monkeypatch.setattr(lake.operators, "ROOT", tmp_path)
    monkeypatch.setenv("SEEN", str(tmp_path / "seen.json"))
    return tmp_path


def run(step: str = "silver", **kwargs: str) -> None:
    from lake.operators import LakeJobOperator

    ti = SimpleNamespace(dag_id="load_x", task_id=step, run_id="r1", try_number=2)
    LakeJobOperator(task_id=step, step=step, target="x", **kwargs).execute({"ti": ti})


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (0, None),
        (2, AirflowFailException),
        (65, AirflowFailException),
        (75, AirflowException),
        (99, AirflowSkipException),
        (1, AirflowException),
    ],
)
def test_exit_codes(lake: Path, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception] | None) -> None:
    monkeypatch.setenv("EXIT", str(code))
    if error is None:
        run()
        return
    with pytest.raises(error) as caught:
        run()
    assert type(caught.value) is error


def test_a_range_is_passed_with_both_ends(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXIT", "0")
    run(window_from="2026-09", window_to="2026-10")
    seen = json.loads((lake / "seen.json").read_text())
    assert seen["argv"] == ["job", "silver", "x", "--from", "2026-09", "--to", "2026-10"]


def test_without_a_range_all_is_meant(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXIT", "0")
    run()
    assert json.loads((lake / "seen.json").read_text())["argv"] == ["job", "silver", "x"]


def test_the_job_sees_nothing_of_airflow(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXIT", "0")
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    run()
    env = json.loads((lake / "seen.json").read_text())["env"]
    assert not [name for name in env if name.startswith("AIRFLOW__")]
    assert "PYTHONPATH" not in env
    assert env["LAKE_RUN_ID"] == "load_x.silver.r1.2"
