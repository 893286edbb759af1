"""A 24-month backfill of a monthly source through Airflow, against the same windows one by one.

Needs a running lake; the range run's seconds, seconds a window, and the ratio to one window's own run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

from infra.process.demonstration import month_before
from infra.process.layout import layout
from infra.process.registry import dag_registry
from infra.process.supervision import supervised
from infra.settings import LOCAL_TZ, ROOT, now

MONTHS = 24


def backfill(source: str, first: str, last: str) -> float:
    """Wall seconds of one `lake backfill`."""
    start = time.perf_counter()
    words = ["backfill", source, "--from", first, "--to", last, "--reason", "bench"]
    subprocess.run([str(ROOT / "bin" / "lake"), *words], cwd=ROOT, check=True)
    return time.perf_counter() - start


def main() -> int:
    """Print the table; exit 3 without a running lake."""
    if not supervised(layout()):
        return 3
    source = next(one.source for one in dag_registry().families() if one.grain == "month" and not one.closed)
    today = datetime.astimezone(now(), LOCAL_TZ).date()
    last = month_before(today, 1)
    one = backfill(source, last, last)
    whole = backfill(source, month_before(today, MONTHS), last)
    print(f"{'':<22} {'seconds':>8} {'s a window':>11}")
    print(f"{'1 window':<22} {one:>8.1f} {one:>11.1f}")
    print(f"{f'{MONTHS} windows, one run':<22} {whole:>8.1f} {whole / MONTHS:>11.1f}")
    print(f"a window in a range run costs {whole / MONTHS / one:.2f} of a window run alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
