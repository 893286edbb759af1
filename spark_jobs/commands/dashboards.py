"""Visualization centre as code: check, compile, deploy, pull back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from superset_assets.compiler import bundle
from superset_assets.compiler.spec import SPEC, Spec, SpecError, load
from superset_assets.deployment.gate import uncovered

app = typer.Typer(help=__doc__, no_args_is_help=True)
BAD_SPEC, TRY_AGAIN = 65, 75


def _refuse(message: str) -> NoReturn:
    typer.echo(f"lake dashboards: {message}", err=True)
    raise typer.Exit(BAD_SPEC)


def _spec() -> Spec:
    try:
        spec = load()
    except SpecError as error:
        _refuse(str(error))
    open_rows = uncovered(spec)
    if open_rows:
        _refuse("restricted roles would see rows without a rule: " + "; ".join(open_rows))
    return spec


@app.command()
def check() -> None:
    """Check the spec: names, layout, and a row rule wherever a restricted role looks."""
    spec = _spec()
    charts = sum(len(board["charts"]) for board in spec.dashboards.values())
    typer.echo(f"{len(spec.dashboards)} dashboards, {charts} charts, {len(spec.datasets)} datasets: the spec is sound")


@app.command(name="compile")
def compile_bundle(out: Annotated[Path, typer.Option(help="where to write the bundle")] = Path("bundle.zip")) -> None:
    """Write the assets bundle; the same spec gives the same bytes."""
    data = bundle.archive(_spec())
    out.write_bytes(data)
    typer.echo(f"{out}: {len(data)} bytes")


@app.command()
def deploy() -> None:
    """Bring Superset to the spec: dashboards, datasets, roles, row rules, users; delete what the spec no longer has."""
    from spark_jobs.jobs import deploy as job

    _spec()
    try:
        typer.echo(json.dumps(job.deploy(), ensure_ascii=False, indent=1))
    except job.SpecRefused as error:
        _refuse(str(error))


@app.command()
def pull(
    write: Annotated[
        bool, typer.Option("--write", help="write the edits into the spec instead of printing them")
    ] = False,
) -> None:
    """Show what people changed in Superset since the last deployment, as a diff of the spec."""
    from spark_jobs.jobs import deploy as job
    from superset_assets.pull import merge, text

    spec = _spec()
    try:
        state = json.loads(job.run_module("superset_assets.pull").strip().splitlines()[-1])
    except job.DeployFailed as error:
        told = (str(error).splitlines() or ["no message"])[-1]
        typer.echo(f"lake dashboards: no deployment can be read; run: lake dashboards deploy ({told})", err=True)
        raise typer.Exit(TRY_AGAIN) from error
    for slug, board in spec.dashboards.items():
        if slug not in state:
            typer.echo(f"{slug}: not deployed", err=True)
            continue
        edited = merge.merge_dashboard(spec, slug, state[slug])
        difference = text.difference(slug, board, edited)
        if difference and write:
            (SPEC / "dashboards" / f"{slug}.yaml").write_text(text.canonical(edited), encoding="utf-8")
        typer.echo(difference or f"{slug}: no edits")
