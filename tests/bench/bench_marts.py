"""dbt build of all marts, and of the thematic tables over marts that stand, tests included in both.

Builds into a folder of its own from the loaded lake's tables: neither the candidate nor the release is touched.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from infra.settings import settings
from spark_jobs.jobs import marts

THEMES_AT_MOST_S = 60.0
THEMES = "path:models/marts/theme"


def main() -> int:
    """Print seconds and nodes of both; exit 3 without a loaded lake, 1 where the themes take longer than they may."""
    if not (settings().warehouse / "gold" / "emission").exists():
        return 3
    with tempfile.TemporaryDirectory(prefix="bench_marts") as folder:
        target = Path(folder)
        marts.set_environment(target / "build.duckdb", marts.pin_versions())
        every, nodes = _built(target, ())
        themes, of_themes = _built(target, ("--select", THEMES))
    print(f"all marts, the project parsed anew {every:8.1f} s  {nodes} nodes")
    print(f"thematic tables                    {themes:8.1f} s  {of_themes} nodes (at most {THEMES_AT_MOST_S:.0f} s)")
    print(f"thematic tables / all              {themes / every:8.2f}")
    return 0 if themes <= THEMES_AT_MOST_S else 1


def _built(target: Path, chosen: Sequence[str]) -> tuple[float, int]:
    began = time.perf_counter()
    marts.run_dbt(["build", "--exclude-resource-type", "unit_test", *marts.options(target), *chosen])
    took = time.perf_counter() - began
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))["results"]
    return took, len(results)


if __name__ == "__main__":
    sys.exit(main())
