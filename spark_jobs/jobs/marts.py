"""Build the marts: pin every Delta table's version, run dbt once over them, leave the file as a candidate release.

A failing model or test leaves the candidate where it is and exits 65: the release before it goes on being served.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import table_store
from infra.settings import ROOT, settings
from spark_jobs.provenance.code_version import digest
from spark_jobs.provenance.release import DamagedRelease, current_release_id, load

PROJECT = ROOT / "dbt_project"
BAD_DATA, DONE, NOTHING_TO_DO = 65, 0, 99
# Records of runs change with every run; by themselves they are no reason for a new release.
NO_REASON = {"ops.job_run", "ops.failure", "ops.touched"}


@dataclass(frozen=True)
class Candidate:
    """A build that passed its tests: the DuckDB file with everything in it, and what it was built from."""

    build_file: Path
    table_versions: dict[str, int]
    manifest: dict[str, Any]


class BuildFailed(RuntimeError):
    """A model or test failed; the message names each one."""

    exit_code = BAD_DATA


def build_folder() -> Path:
    """Where the candidate lies until it is published."""
    return settings().serving / "build"


def target_folder() -> Path:
    """dbt's own state: compiled models, and the parsed project, which saves most of the next build's time."""
    return settings().serving / "dbt"


def run(target: str = "all", window_from: str = "", window_to: str = "") -> int:
    """Exit code: 0 a candidate is ready, 65 a model or test failed, 99 nothing changed since the current release."""
    if not needed():
        return NOTHING_TO_DO
    try:
        build()
    except BuildFailed:
        from spark_jobs.jobs.publish import hold

        hold("数据集市构建或校验未通过，继续提供上一发布版本的数据")
        raise
    return DONE


def needed() -> bool:
    """Did a table that figures depend on, or the code, change since the release that is being served?"""
    try:
        current = current_release_id()
        facts = load(current).facts if current else None
    except DamagedRelease:
        return True
    if facts is None:
        return True
    pinned = pin_versions()
    changed = {name for name in pinned.keys() | facts["table_versions"].keys()
               if pinned.get(name) != facts["table_versions"].get(name)}  # fmt: skip
    return bool(changed - NO_REASON) or facts["code_digest"] != digest()


def load_candidate() -> Candidate | None:
    """The build that waits to be published; None if there is none."""
    path = build_folder() / "candidate.json"
    if not path.exists():
        return None
    facts = json.loads(path.read_text(encoding="utf-8"))
    manifest = json.loads((build_folder() / "manifest.json").read_text(encoding="utf-8"))
    return Candidate(build_folder() / "build.duckdb", facts["table_versions"], manifest)


def pin_versions() -> dict[str, int]:
    """Table name → newest version, for every Delta table of the lake; resolved before anything is read."""
    return {name: table_store.newest_version(name) for name in table_store.table_names()}


def build(select: str | None = None) -> Candidate:
    """Run ``dbt build`` in this process on pinned versions; raises BuildFailed with the names of what failed."""
    work, target = build_folder(), target_folder()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    build_file = work / "build.duckdb"
    versions = pin_versions()
    if "gold.emission" not in versions:
        raise BuildFailed(f"no gold.emission under {table_store.root()}: run the emission step first")
    set_environment(build_file, versions)
    run_dbt(
        ["build", "--exclude-resource-type", "unit_test", *options(target), *(["--select", select] if select else [])]
    )
    shutil.copyfile(target / "manifest.json", work / "manifest.json")
    facts = json.dumps({"table_versions": versions}, sort_keys=True)
    (work / "built.json").write_text(facts, encoding="utf-8")
    (work / "candidate.json").write_text(facts, encoding="utf-8")
    manifest = json.loads((work / "manifest.json").read_text(encoding="utf-8"))
    return Candidate(build_file, versions, manifest)


def set_environment(build_file: Path, versions: dict[str, int]) -> None:
    """What dbt reads from the environment: where to build, what to read at which version. Nothing is reported."""
    os.environ |= {
        "LAKE_BUILD_FILE": str(build_file),
        "LAKE_WAREHOUSE": table_store.scan_root(),
        "LAKE_TABLE_VERSIONS": json.dumps(versions, sort_keys=True),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def options(target: Path) -> list[str]:
    """dbt's options: the project and its places. The target folder keeps the parsed project from build to build."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    return [*places, "--log-path", str(target / "logs"), "--log-level", "warn"]


def run_dbt(command: list[str]) -> None:
    """Run dbt in this process; BuildFailed names each node that failed."""
    from dbt.cli.main import dbtRunner

    result = dbtRunner().invoke(command)
    if result.success:
        return
    if result.exception is not None:
        raise BuildFailed(f"dbt could not run: {result.exception}") from result.exception
    failed = [r for r in getattr(result.result, "results", []) if str(r.status) in {"fail", "error"}]
    lines = [f"  {r.node.unique_id}: {(r.message or str(r.status)).strip()}" for r in failed]
    raise BuildFailed(f"{len(failed)} dbt nodes failed; the former release stays:\n" + "\n".join(lines))
