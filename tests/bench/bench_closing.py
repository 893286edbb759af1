"""Closing a month; recomputing for one factor against a full rebuild of emission, in one run.

Works on a copy of the loaded lake's activity in a folder of its own, with a Spark server of its own: the lake itself
gets no closing and no factor. The factor is the one whose part of the emission rows is the largest of at most 5 %.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.settings import ROOT, settings

SHARE, MOST_OF_FULL = 0.05, 0.1
COPIED = ("gold/activity", "silver/enterprise", "silver/quarantine")
PARTS = """
SELECT part, COUNT(*) AS n FROM (SELECT UNNEST(LIST_DISTINCT(STRING_SPLIT(factor_id, '*'))) AS part FROM {emission})
WHERE NOT STARTS_WITH(part, 'measured:') AND part <> 'reported'
GROUP BY part HAVING n <= {most} ORDER BY n DESC, part"""


def main() -> int:
    """Print both times, their ratio and the closing's; exit 3 without a loaded lake, 1 where the ratio is missed."""
    lake = settings().warehouse
    if not (lake / "gold" / "activity").exists():
        return 3
    with tempfile.TemporaryDirectory(prefix="bench_closing") as folder:
        home = Path(folder)
        for name in COPIED:
            if (lake / name).exists():
                shutil.copytree(lake / name, home / "warehouse" / name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        os.environ |= {"LAKE_HOME": str(home), "LAKE_SPARK_REMOTE": f"sc://127.0.0.1:{port}"}
        os.environ.setdefault("LAKE_TOOLS", str(ROOT / ".lake"))
        settings.cache_clear()
        return _measure(port)


def _measure(port: int) -> int:
    from infra.crypto.keys import KeyStore
    from infra.spark import server
    from spark_jobs.engine import session

    settings().run.mkdir(parents=True)
    KeyStore(settings().run / "secrets").ensure_all()
    log = settings().run / "spark.log"
    process = server.start(settings(), port, log)
    try:
        server.wait_until_open(process, settings(), log)
        spark = session.connect()
        try:
            return _report(spark)
        finally:
            session.close(spark)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _report(spark: Any) -> int:
    from factor_library.library import library
    from spark_jobs.accounting import closing
    from spark_jobs.accounting.factor_register import Approval
    from spark_jobs.engine import emission, factor_change

    approval = Approval("bench", "bench", "bench", "0" * 64)
    months = emission.all_months(spark)
    emission.build(spark, months)  # warm, and the state to start from
    factor_id, uses, rows = _rare_factor()
    former = library().factor(factor_id)
    changed = replace(former, version=former.version + 1, value=former.value * 1.01)
    began = time.perf_counter()
    scope = factor_change.adopt(spark, [changed], approval)
    once = time.perf_counter() - began
    began = time.perf_counter()
    emission.build(spark, months)
    full = time.perf_counter() - began
    month = sorted(m for m in scope.months if not closing.check(m))[-1]
    began = time.perf_counter()
    closed = closing.close(spark, month, approval)
    took = time.perf_counter() - began
    print(f"{factor_id}: used by {uses:,} of {rows:,} emission rows ({uses / rows:.1%}), {len(scope.months)} months")
    print(f"recomputing for it {once:8.1f} s")
    print(f"full rebuild       {full:8.1f} s   ratio {once / full:.3f} (at most {MOST_OF_FULL})")
    print(f"closing {month}    {took:8.1f} s   {closed.lines:,} rows, {closed.enterprises} enterprises")
    return 0 if once <= MOST_OF_FULL * full else 1


def _rare_factor() -> tuple[str, int, int]:
    from factor_library.library import library
    from spark_jobs.accounting.in_force import kinds
    from spark_jobs.engine.lake_reader import reading, scan

    with reading() as lake:
        table = scan("gold.emission")
        (rows,) = lake.execute(f"SELECT COUNT(*) FROM {table}").fetchone() or (0,)
        found = lake.execute(PARTS.format(emission=table, most=int(rows * SHARE))).fetchall()
    name, uses = next((p, n) for p, n in found if library().factor(p).quantity_kind in kinds())
    return name, uses, rows


if __name__ == "__main__":
    sys.exit(main())
