"""Every test, in the environment it belongs to.

``python -m infra.process.testing all | lint | chaos | cluster | requirements``

``all`` goes through all phases even when one fails, then prints the sums; exit 1 where anything failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from infra.bootstrap import find_uv, tools_home
from infra.settings import ROOT

NO_TESTS = 5


@dataclass(frozen=True)
class Phase:
    """One pytest run: what it takes, in which environment."""

    name: str
    group: str
    arguments: tuple[str, ...]


PHASES = (
    # Independent of each other and of any server: side by side.
    Phase("unit", "lake", ("tests", "--ignore=tests/spark", "-n", "2", "--dist", "loadfile")),
    Phase("spark", "lake", ("tests/spark", "-n", "2", "--dist", "loadfile")),
    Phase("dags", "airflow", ("tests/dags",)),
    Phase("e2e", "lake", ("tests/e2e", "--ignore=tests/e2e/test_cluster.py")),
)
# Needs the MinIO server, which is built with Go: `make cluster-test`, not `make test`.
CLUSTER = Phase("cluster", "lake", ("tests/e2e/test_cluster.py", "-s"))
CHAOS = Phase("chaos", "lake", ("tests/e2e/test_kill_and_resume.py", "-s"))


@dataclass(frozen=True)
class Outcome:
    """Sums of one phase."""

    name: str
    tests: int
    failed: int
    skipped: int
    seconds: float

    @property
    def passed(self) -> int:
        return self.tests - self.failed - self.skipped


def _environ() -> dict[str, str]:
    """Nothing of the caller's lake: tests set their own."""
    dropped = ("LAKE_HOME", "LAKE_NOW", "LAKE_WORLD", "LAKE_WORLD_SEED", "PYTHONDONTWRITEBYTECODE")
    kept = {key: value for key, value in os.environ.items() if key not in dropped and not key.startswith("AIRFLOW__")}
    return {**kept, "PYTHONPATH": str(ROOT), "LAKE_TOOLS": str(tools_home())}


def run_phase(phase: Phase, folder: Path) -> Outcome:
    """Run one phase, its output shown as it comes."""
    python = tools_home() / "env" / phase.group / "bin" / "python"
    report = folder / f"{phase.name}.xml"
    print(f"\n=== {phase.name}: pytest {' '.join(phase.arguments)} ({phase.group} environment)", flush=True)
    start = time.monotonic()
    argv = [str(python), "-m", "pytest", "-q", f"--junitxml={report}", *phase.arguments]
    code = subprocess.run(argv, cwd=ROOT, env=_environ(), stdin=subprocess.DEVNULL, check=False).returncode
    seconds = time.monotonic() - start
    if not report.exists() or code == NO_TESTS:
        # A phase that could not start, or found nothing, has failed.
        return Outcome(phase.name, 1, 1, 0, seconds)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    tests = sum(int(suite.get("tests", 0)) for suite in suites)
    skipped = sum(int(suite.get("skipped", 0)) for suite in suites)
    return Outcome(phase.name, tests, failed if failed or code == 0 else 1, skipped, seconds)


def run_all(phases: tuple[Phase, ...] = PHASES) -> int:
    """All phases, then one table and the closing line that runners read."""
    with tempfile.TemporaryDirectory(prefix="lake-tests-") as folder:
        outcomes = [run_phase(phase, Path(folder)) for phase in phases]
    print("\nphase       passed  failed  skipped  seconds")
    for one in outcomes:
        print(f"{one.name:<10} {one.passed:>7} {one.failed:>7} {one.skipped:>8} {one.seconds:>8.0f}")
    failed = sum(one.failed for one in outcomes)
    passed, skipped = sum(one.passed for one in outcomes), sum(one.skipped for one in outcomes)
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


def lint() -> int:
    """ruff, mypy and sqlfluff; all of them even when one complains."""
    env = tools_home() / "env" / "lake" / "bin"
    commands = [
        [str(env / "ruff"), "check", "."],
        [str(env / "ruff"), "format", "--check", "."],
        [str(env / "mypy")],
        [str(env / "sqlfluff"), "lint", "dbt_project"],
    ]
    codes = []
    for command in commands:
        print(f"--- {Path(command[0]).name} {' '.join(command[1:])}", flush=True)
        codes.append(subprocess.run(command, cwd=ROOT, env=_environ(), check=False).returncode)
    return 1 if any(codes) else 0


REQUIREMENTS_HEAD = """\
# The lake environment; exported from uv.lock by `make requirements`.
# apache-airflow and apache-superset need other versions of packages below: they have environments of their own, the
# groups airflow and superset of pyproject.toml in the same lock. `make install` brings all three.
"""


def exported_requirements() -> str:
    """The lake environment as the one lock has it, in pip's form."""
    uv = find_uv()
    if uv is None:
        raise SystemExit("uv is missing: run make install")
    argv = [uv, "export", "--frozen", "--group", "lake", "--no-hashes", "--no-header", "--no-annotate", "--quiet"]
    text = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return f"{REQUIREMENTS_HEAD}{text}"


def requirements() -> int:
    """Write requirements.txt."""
    (ROOT / "requirements.txt").write_text(exported_requirements(), encoding="utf-8")
    return 0


def chaos() -> int:
    """All kill moments, not only those of `make test`."""
    os.environ["LAKE_CHAOS_MOMENTS"] = "20"
    return run_all((CHAOS,))


def cluster() -> int:
    """The cluster on one machine, with its faults."""
    return run_all((CLUSTER,))


COMMANDS = {"all": run_all, "lint": lint, "chaos": chaos, "cluster": cluster, "requirements": requirements}


def main(argv: list[str]) -> int:
    """Dispatch; ``all PHASE…`` takes only some phases."""
    if not argv or argv[0] not in COMMANDS:
        print(f"usage: python -m infra.process.testing {' | '.join(COMMANDS)}")
        return 2
    if argv[0] == "all" and argv[1:]:
        return run_all(tuple(phase for phase in PHASES if phase.name in argv[1:]))
    return COMMANDS[argv[0]]()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
