"""Documentation: lake docs generate (graph nodes from the registry), check (are they in step), build (the site)."""

from __future__ import annotations

import sys

import typer

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)


@app.command()
def generate() -> None:
    """Write what the registry says about the lake's tables into dbt_project."""
    from spark_jobs.provenance import graph

    changed = graph.write()
    print(f"{len(changed)} files changed")
    for path in changed:
        print(f"  {path.relative_to(graph.ROOT)}")


@app.command()
def check() -> None:
    """Exit 1 and name the files where dbt_project is not what `generate` would write."""
    from spark_jobs.provenance import graph

    stale = graph.stale()
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
