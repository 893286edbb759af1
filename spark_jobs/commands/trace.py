"""Show what a figure is made of, down to the bytes that were received: lake trace MART --row key=value --measure M."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import duckdb
import typer

from spark_jobs.provenance import release as releases
from spark_jobs.provenance.cell import UntraceableError
from spark_jobs.provenance.passport_text import as_text
from spark_jobs.provenance.trace import trace_one, trace_random

app = typer.Typer(add_completion=False, help=__doc__)


def _row(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"--row wants key=value, not {pair!r}")
        found[name] = value
    return found


@app.command()
def trace(
    mart: Annotated[str, typer.Argument(help="mart, for example agg_carbon_sector_month")] = "",
    row: Annotated[list[str] | None, typer.Option("--row", help="key=value, once for each column of the grain")] = None,
    measure: Annotated[str, typer.Option("--measure", help="measure, for example co2_t")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    count: Annotated[int, typer.Option("--random", min=0, help="trace so many random cells of all marts instead")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="seed of --random")] = 1,
    release_id: Annotated[str, typer.Option("--release", help="release id; default: the current one")] = "",
) -> None:
    """Exit codes: 0 everything adds up and every link holds, 1 something does not, 2 no such cell."""
    try:
        wanted = release_id or releases.current_release_id()
        if wanted is None:
            raise FileNotFoundError(f"nothing is published at {releases.current_file()}: run `lake job publish`")
        chosen = releases.load(wanted)
        if count:
            raise typer.Exit(_random(chosen, count, seed, as_json))
        if not mart or not measure:
            raise UntraceableError("say which figure: lake trace MART --row key=value … --measure M (or --random N)")
        found = trace_one(chosen, mart, _row(row or []), measure)
    except (UntraceableError, FileNotFoundError) as error:
        print(f"lake trace: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    except releases.DamagedRelease as error:
        print(f"lake trace: {error}", file=sys.stderr)
        raise typer.Exit(1) from error
    except duckdb.IOException as error:
        print(f"lake trace: a release file cannot be read: {releases.first_line(error)}", file=sys.stderr)
        raise typer.Exit(1) from error
    print(json.dumps(found, ensure_ascii=False, default=str, indent=1) if as_json else as_text(found))
    raise typer.Exit(0 if found["adds_up"] and not found["evidence"]["broken"] else 1)


def _random(release: releases.Release, count: int, seed: int, as_json: bool) -> int:
    result = trace_random(release, count, seed)
    if as_json:
        facts = {"cells": result.cells, "marts": result.marts, "followed": result.findings.followed}
        facts |= {"wrong": result.wrong, "broken": result.findings.broken, "seconds": round(result.seconds, 1)}
        print(json.dumps(facts, ensure_ascii=False, indent=1))
        return 0 if result.resolved else 1
    print(f"release {release.release_id}: {result.cells} cells of {len(result.marts)} marts in {result.seconds:.1f} s")
    for step, number in sorted(result.findings.followed.items()):
        print(f"  {step:<40} {number}")
    for line in [*result.wrong, *result.findings.broken][:20]:
        print(f"  BROKEN {line}", file=sys.stderr)
    print(f"{len(result.wrong)} cells do not add up, {len(result.findings.broken)} links are broken")
    return 0 if result.resolved else 1
