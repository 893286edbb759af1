"""Throughput per layer, dbt build and publish, from what the jobs of the loaded lake recorded.

Reads ``ops.job_run`` of ``LAKE_HOME`` by DuckDB; the last column relates each step's rate to bronze's of the same lake.
"""

from __future__ import annotations

import sys

import duckdb

from infra.duckdb_delta import delta_extension
from infra.settings import settings

STEPS = ("fetch", "bronze", "silver", "gate", "activity", "emission", "marts", "publish")
QUERY = """
select step, count(*), sum(rows_in), sum(rows_out), sum(wall_s), sum(cpu_client_s)
from (select distinct * from delta_scan('file://{table}'))
where exit_code = 0 group by step
"""


def main() -> int:
    """Print the table; exit 3 without a loaded lake."""
    table = settings().warehouse / "ops" / "job_run"
    if not table.exists():
        return 3
    with duckdb.connect() as lake:
        lake.execute(f"LOAD '{delta_extension()}'")
        rows = {row[0]: row[1:] for row in lake.execute(QUERY.format(table=table)).fetchall()}
    rates = {step: max(row[1], row[2]) / row[3] for step, row in rows.items() if row[3]}
    base = rates.get("bronze", 0.0)
    heads = ("jobs", "rows in", "rows out", "wall s", "client CPU s", "rows/s", "× bronze")
    print(f"{'step':<10}" + "".join(f"{head:>13}" for head in heads))
    for step in STEPS:
        if step in rows:
            jobs, rows_in, rows_out, wall, cpu = rows[step]
            ratio = rates.get(step, 0.0) / base if base else 0.0
            numbers = (f"{jobs}", f"{rows_in:,}", f"{rows_out:,}", f"{wall:.1f}", f"{cpu:.1f}",
                       f"{rates.get(step, 0.0):,.0f}", f"{ratio:.2f}")  # fmt: skip
            print(f"{step:<10}" + "".join(f"{number:>13}" for number in numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
