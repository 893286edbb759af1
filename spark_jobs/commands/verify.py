"""Check payload chains, releases and their signatures; name the first broken link."""

from __future__ import annotations

import sys
from collections import Counter

import typer

from infra.settings import settings
from spark_jobs.provenance.verify import check_all

app = typer.Typer(add_completion=False, help=__doc__)
NAMES = {"chain": "payload chains", "signature": "signatures", "file": "release files", "mart": "marts of releases",
         "heads": "chain heads that releases signed",
         "current": "marts being served"}  # fmt: skip


@app.command()
def verify() -> None:
    """Exit codes: 0 everything holds, 1 something is broken, 2 there was nothing to check."""
    checks = list(check_all())
    if not checks:
        home = settings().home
        print(f"lake verify: {home} holds no delivery and no release; is LAKE_HOME right?", file=sys.stderr)
        raise typer.Exit(2)
    counts = Counter(check.kind for check in checks)
    broken = [check for check in checks if check.broken]
    for kind, name in NAMES.items():
        bad = sum(check.kind == kind for check in broken)
        print(f"{name}: {counts[kind]} checked, {bad} broken")
    if broken:
        print(f"first broken link: {broken[0].broken}", file=sys.stderr)
        for check in broken[1:20]:
            print(f"  also: {check.broken}", file=sys.stderr)
    raise typer.Exit(1 if broken else 0)
