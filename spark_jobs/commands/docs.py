"""Documentation: lake docs generate (graph nodes, thematic databases), check (are they in step), build (the site)."""

from __future__ import annotations

import sys

import typer

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)


@app.command()
def generate() -> None:
    """Write what follows from registry and theme specs: graph nodes, themes' properties, datasets and pages."""
    from spark_jobs.provenance import graph
    from spark_jobs.themes import generate as themes

    changed = [*graph.write(), *themes.write()]
    print(f"{len(changed)} files changed")
    for path in changed:
        print(f"  {path.relative_to(graph.ROOT)}")


@app.command()
def check() -> None:
    """Exit 1 and name the files that are not what `generate` would write."""
    from spark_jobs.provenance import graph
    from spark_jobs.themes import generate as themes

    stale = [*graph.stale(), *themes.stale()]
    for path in stale:
        print(f"{path.relative_to(graph.ROOT)} is out of step: run `lake docs generate`", file=sys.stderr)
    raise typer.Exit(1 if stale else 0)


@app.command()
def build() -> None:
    """Build dbt docs, the dictionary and the index under $LAKE_HOME/docs; works offline."""
    from infra.docs import site

    try:
        print(f"documentation: {site.build()}")
    except FileNotFoundError as error:
        print(f"lake docs: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
