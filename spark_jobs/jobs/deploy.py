"""Deploy the visualization centre: runs Superset's own environment once over the compiled spec.

Superset's metadata database is this lake's own, unless ``SUPERSET_METADATA_URI`` names another. Grain: none;
idempotent; writes only Superset's metadata, never the lake.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from infra.process.layout import layout
from infra.process.services import superset_environment
from infra.settings import ROOT, settings
from spark_jobs.engine.fleet import live_tables

BAD_SPEC = 65


class DeployFailed(RuntimeError):
    """The deployment ended with an error; the message carries the end of its log."""

    exit_code = 75


class SpecRefused(RuntimeError):
    """The spec is wrong or would let a restricted role see rows without a rule."""

    exit_code = BAD_SPEC


def python() -> Path:
    """Interpreter of Superset's environment; raises FileNotFoundError with the mend."""
    path = settings().tools / "env" / "superset" / "bin" / "python"
    if not path.exists():
        raise FileNotFoundError(f"Superset's environment is missing at {path}: run `make install`")
    return path


def environment() -> dict[str, str]:
    """What Superset's processes need: the caller's environment, the lake's place, compiled byte code allowed."""
    dropped = {"PYTHONDONTWRITEBYTECODE", "FLASK_APP"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    own = {"LAKE_HOME": str(settings().home), "PYTHONPATH": str(ROOT), "SCARF_ANALYTICS": "false"}
    return superset_environment(layout()) | kept | own


def run_module(*arguments: str) -> str:
    """``python -m …`` in Superset's environment; returns its standard output."""
    done = subprocess.run(
        [str(python()), "-m", *arguments], env=environment(), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == BAD_SPEC:
        raise SpecRefused(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise DeployFailed("\n".join(done.stderr.strip().splitlines()[-25:]))
    return done.stdout


def deploy() -> dict[str, Any]:
    """Bring dashboards, roles, rules and users to the spec; returns counts and seconds by step."""
    return json.loads(run_module("superset_assets.deployment").strip().splitlines()[-1])


def run(target: str, window_from: str, window_to: str) -> int:
    """The step ``deploy`` of ``lake job``; its arguments select nothing, the whole spec is deployed."""
    live_tables.ensure(settings().serving / live_tables.FILE_NAME)
    done = deploy()
    steps = ", ".join(f"{name} {seconds} s" for name, seconds in done["seconds"].items())
    print(f"{done['dashboards']} dashboards, {done['charts']} charts, {done['users']} users ({steps})")
    return 0
