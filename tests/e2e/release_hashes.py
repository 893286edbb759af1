"""Content hashes of a release's tables, comparable between lakes: what tells of runs and receipts is left out.

The same columns are left out as of the lake's tables (``content_hash.LEFT_OUT``). Marts about runs have no counterpart
in another lake; so have the release's own tables, but for the rules by which its figures are traced.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from spark_jobs.engine.content_hash import LEFT_OUT

ABOUT_RUNS = {"fct_job_run", "fct_gate"}


def release_hashes(file: Path) -> dict[str, str]:
    """Mart → its rows and the SM3 of them, in order of all columns that count."""
    with duckdb.connect(str(file), read_only=True) as release:
        release.execute("SET TimeZone = 'Asia/Shanghai'")
        marts = [name for (name,) in release.execute("SELECT mart FROM ops_release_mart ORDER BY mart").fetchall()]
        return {mart: _hash(release, mart) for mart in marts if mart not in ABOUT_RUNS}


def _hash(release: duckdb.DuckDBPyConnection, mart: str) -> str:
    columns = [row[0] for row in release.execute(f'DESCRIBE "{mart}"').fetchall()]
    counted = ", ".join(f'"{column}"' for column in sorted(columns) if column not in LEFT_OUT)
    rows = release.execute(f'SELECT {counted} FROM "{mart}" ORDER BY ALL').fetchall()
    return f"{len(rows)}:{hashlib.new('sm3', repr(rows).encode()).hexdigest()}"
