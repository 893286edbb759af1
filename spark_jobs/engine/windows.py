"""Which receipt windows of a feed a job works on, and which months follow from them."""

from __future__ import annotations

from spark_jobs.contracts import Contract, load_contracts, resolve
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.windows import windows


def received(contract: Contract, window_from: str, window_to: str) -> list[str]:
    """Windows in the range, both ends included, for which something was received; without a range: all of them."""
    held = Landing().windows(contract.feed)
    if not window_from:
        return held
    asked = set(windows(contract, window_from, window_to))
    return [window for window in held if window in asked]


def targeted(target: str) -> list[Contract]:
    """Contracts of a feed, of all feeds of a source, or of ``all``."""
    return list(load_contracts().values()) if target == "all" else resolve(target)


def month_of(period: str) -> str:
    """Month that a period counts in: a year counts in its December."""
    return f"{period}-12" if len(period) == 4 else period[:7]
