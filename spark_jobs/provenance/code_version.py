"""Which code made a figure: a digest over the files that can change one, and the git commit where there is one."""

from __future__ import annotations

import hashlib
import subprocess
from functools import lru_cache
from pathlib import Path

from infra.settings import ROOT

PARTS = ("spark_jobs", "factor_library", "dbt_project", "expectations")
SUFFIXES = {".py", ".sql", ".yaml", ".yml", ".csv", ".json"}
GENERATED = {"target", "logs", "__pycache__", "dbt_packages"}


def digest(root: Path = ROOT) -> str:
    """SM3 over path and content of every source file that takes part in computing figures."""
    total = hashlib.new("sm3")
    for part in PARTS:
        for path in sorted((root / part).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file() and not GENERATED & set(path.parts):
                total.update(f"{path.relative_to(root)}\n".encode())
                total.update(hashlib.new("sm3", path.read_bytes()).digest())
    return total.hexdigest()


@lru_cache(maxsize=1)
def code_version() -> str:
    """``<commit>/<digest>``, both shortened; the commit reads ``-`` outside a git checkout."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        commit = "-"
    return f"{commit}/{digest()[:16]}"
