"""The launcher: environment, log, a killed predecessor's leftovers, the end with its supervisor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil

from infra.settings import ROOT

WAITING = "import sys, time; print('up', flush=True); time.sleep(600)"


def spec(folder: Path, name: str, argv: list[str], **env: str) -> Path:
    path = folder / f"{name}.json"
    content = {
        "argv": argv, "env": {"PATH": os.defpath, **env}, "cwd": str(folder), "log": str(folder / f"{name}.log"),
        "as_nobody": False,
    }  # fmt: skip
    path.write_text(json.dumps(content))
    return path


def launch(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "infra.process.child", str(path)], cwd=ROOT)


def wait_for_line(log: Path, child: subprocess.Popen[bytes]) -> None:
    while not log.exists() or "up" not in log.read_text():
        assert child.poll() is None, "the program ended early"
        os.sched_yield()


def test_the_program_gets_its_environment_and_nothing_else(tmp_path: Path) -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    child = launch(spec(tmp_path, "one", [sys.executable, "-c", code], ANSWER="42"))
    assert child.wait() == 0
    seen = json.loads((tmp_path / "one.log").read_text())
    assert seen["ANSWER"] == "42"
    assert set(seen) <= {"PATH", "ANSWER", "LC_CTYPE", "PWD"}


def test_a_log_beyond_its_limit_is_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    with log.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert launch(spec(tmp_path, "one", [sys.executable, "-c", "print('new')"])).wait() == 0
    assert log.read_text() == "new\n"
    assert (tmp_path / "one.log.1").stat().st_size == 20 * 1024 * 1024 + 1


def test_what_a_killed_predecessor_left_running_is_ended_and_nothing_else(tmp_path: Path) -> None:
    marks = {"LAKE_INSTANCE": f"test-{tmp_path.name}", "LAKE_SERVICE": "scheduler"}
    env = {"PATH": os.defpath, **marks}
    orphan = subprocess.Popen([sys.executable, "-c", WAITING], env=env, stdout=subprocess.DEVNULL)
    other = subprocess.Popen(
        [sys.executable, "-c", WAITING], env={**env, "LAKE_SERVICE": "api"}, stdout=subprocess.DEVNULL
    )
    try:
        assert launch(spec(tmp_path, "one", [sys.executable, "-c", ""], **marks)).wait() == 0
        assert orphan.wait() == -9
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_it_ends_with_its_supervisor_even_when_that_is_killed(tmp_path: Path) -> None:
    path = spec(tmp_path, "one", [sys.executable, "-c", WAITING])
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-m', 'infra.process.child', {str(path)!r}])\n"
        "print(child.pid, flush=True); child.wait()"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    program = psutil.Process(int(supervisor.stdout.readline()))
    wait_for_line(tmp_path / "one.log", supervisor)
    supervisor.kill()
    supervisor.communicate()
    gone, alive = psutil.wait_procs([program], timeout=30)
    assert not alive and len(gone) == 1


def test_postgres_leaves_root_but_reaches_its_folder(tmp_path: Path) -> None:
    """A folder that only its owner may enter, as a clone below a private home is."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    path = spec(private, "one", [sys.executable, "-c", "import os; print(os.geteuid(), os.listdir('.') != [])"])
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "as_nobody": True}))
    assert launch(path).wait() == 0
    user, reached = (private / "one.log").read_text().split()
    assert reached == "True"
    assert user != "0"
