"""The fetch engine: asks a feed's platform for windows and lands what comes, whatever the protocol.

Nothing is swallowed: what could not be had stands in the window's ``failures.jsonl`` and decides the exit code.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

from infra.settings import now, settings
from spark_jobs.contracts import Contract, load_contracts, resolve
from spark_jobs.ingest.adapters import Miss, Request, adapter
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.windows import bounds, windows

DONE, BAD_DATA, TRY_AGAIN, NOTHING_TO_DO = 0, 65, 75, 99


@dataclass
class FetchReport:
    """What one fetch did. ``payloads`` are new files, ``again`` deliveries of bytes already there."""

    payloads: int = 0
    again: int = 0
    bytes: int = 0
    windows: int = 0
    misses: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, str]] = field(default_factory=list)

    def summary(self) -> str:
        """One line: new payloads, repeated ones, bytes, what is missing."""
        misses = ", ".join(f"{kind} {count}" for kind, count in sorted(self.misses.items())) or "nothing missing"
        return f"{self.windows} windows, {self.payloads} new, {self.again} again, {self.bytes} bytes; {misses}"

    def exit_code(self) -> int:
        """75 if anything may still be had by asking again, else 65 if anything was refused, 99 if nothing was asked."""
        if self.misses["exhausted"]:
            return TRY_AGAIN
        if self.misses["refused"]:
            return BAD_DATA
        return DONE if self.windows else NOTHING_TO_DO


def run_id() -> str:
    """Id of this run: ``LAKE_RUN_ID`` as the orchestrator gives it, else a new one."""
    return os.environ.get("LAKE_RUN_ID") or f"cli-{now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"


def fetch_window(contract: Contract, window: str, landing: Landing, run: str, report: FetchReport) -> None:
    """Fetch one window of one feed into landing; adds to ``report``."""
    before = landing.entries(contract.feed, window)
    known = {e.payload_sm3 for e in before}
    request = Request(contract, window, now(), settings(), {e.request: e.etag for e in before})
    report.windows += 1
    for found in adapter(contract.acquisition["adapter"]).fetch(request):
        if isinstance(found, Miss):
            report.misses[found.kind] += 1
            if found.kind == "pending":
                continue
            failure = _failure(contract, window, run, found)
            landing.note_failure(contract.feed, window, failure)
            report.failures.append(failure)
            print(f"{contract.feed} {window}: {found.kind}: {found.request}: {found.reason}", file=sys.stderr)
            continue
        entry = landing.land(contract.feed, window, found, run)
        report.bytes += entry.bytes
        if entry.payload_sm3 in known:
            report.again += 1
        else:
            report.payloads += 1
            known.add(entry.payload_sm3)


def _failure(contract: Contract, window: str, run: str, miss: Miss) -> dict[str, str]:
    return {
        "run_id": run,
        "feed": contract.feed,
        "window": window,
        "kind": miss.kind,
        "request": miss.request,
        "reason": miss.reason,
        "occurred_at": now().isoformat(timespec="seconds"),
    }


def fetch(target: str, w_from: str, w_to: str, landing: Landing | None = None, run: str = "") -> FetchReport:
    """Fetch a feed, all feeds of a source, or ``all``, for windows ``w_from`` to ``w_to``; future ones are left out."""
    place, run, report = landing or Landing(), run or run_id(), FetchReport()
    chosen = list(load_contracts().values()) if target == "all" else resolve(target)
    for contract in chosen:
        for window in windows(contract, w_from, w_to):
            if bounds(window)[0] <= now():
                fetch_window(contract, window, place, run, report)
    return report


def run_fetch(target: str, w_from: str, w_to: str) -> int:
    """Fetch and print one line; exit code 0 done, 65 refused, 75 try again, 99 nothing to do."""
    report = fetch(target, w_from, w_to)
    print(f"{target} {w_from}..{w_to}: {report.summary()}")
    return report.exit_code()
