"""A lake of the tests' own on the small world (10 enterprises, 3 months), run as `make run` runs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.process.layout import Layout, read_settings_env
from infra.settings import ROOT

# A Sunday with a full month before it; every answer of the small world follows from it.
NOW = "2026-11-22T08:00:00+08:00"


@dataclass(frozen=True)
class SmallWorld:
    """One lake: its folder, and how to run something in it."""

    home: Path

    @property
    def place(self) -> Layout:
        return Layout(self.home)

    @property
    def values(self) -> dict[str, str]:
        """Addresses by setting: ``LAKE_SUPERSET_URL``, ``LAKE_AIRFLOW_URL``, ``LAKE_DOCS_URL`` and so on."""
        return read_settings_env(self.place)

    @property
    def env(self) -> dict[str, str]:
        """Environment of this lake's programs."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("LAKE_") and k != "PYTHONDONTWRITEBYTECODE"}
        tools = os.environ.get("LAKE_TOOLS", str(ROOT / ".lake"))
        own = {"LAKE_HOME": str(self.home), "LAKE_WORLD": "small", "LAKE_NOW": NOW, "PYTHONPATH": str(ROOT)}
        return {**kept, **own, "LAKE_TOOLS": str((ROOT / tools).resolve())}

    def secret(self, name: str) -> str:
        """Content of one secret, for example ``superset_admin_password``."""
        return (self.place.secrets / name).read_text(encoding="utf-8").strip()

    def process(self, command: str) -> subprocess.Popen[str]:
        """Start ``python -m infra.process COMMAND``."""
        argv = [sys.executable, "-m", "infra.process", command]
        return subprocess.Popen(
            argv, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def control(self, command: str) -> tuple[int, str]:
        """Exit code and output of ``python -m infra.process COMMAND``."""
        child = self.process(command)
        output, _ = child.communicate()
        return child.returncode, output

    def lake(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``bin/lake WORDS`` in this lake."""
        argv = [str(ROOT / "bin" / "lake"), *words]
        return subprocess.run(
            argv, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def table_hashes(self, *words: str) -> dict[str, str]:
        """Table → rows and hash of its content, without run ids and receipt times; the lake must run."""
        argv = [sys.executable, "-m", "tests.e2e.hash_tables", *words]
        done = subprocess.run(argv, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def fresh(self) -> SmallWorld:
        """End what runs and remove all state."""
        code, output = self.control("clean")
        assert code == 0, output
        shutil.rmtree(self.home, ignore_errors=True)
        return self


def small_world(name: str) -> SmallWorld:
    """The lake ``name`` beside the tools."""
    return SmallWorld((ROOT / os.environ.get("LAKE_TOOLS", ".lake")).resolve() / name)
