"""Show releases: lake release list | show ID | diff OLD NEW."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import duckdb
import typer

from spark_jobs.provenance import release as releases

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)


BROKEN = 1


def _complain(text: str, code: int) -> typer.Exit:
    print(f"lake release: {text}", file=sys.stderr)
    return typer.Exit(code)


def _load(release_id: str) -> releases.Release:
    try:
        wanted = releases.current_release_id() if release_id == "current" else release_id
        if wanted is None:
            raise _complain("nothing is published yet; run: make run (or lake job marts, then lake job publish)", 2)
        return releases.load(wanted)
    except FileNotFoundError as error:
        raise _complain(str(error), 2) from error
    except releases.DamagedRelease as error:
        raise _complain(str(error), BROKEN) from error


@app.command("list")
def list_releases() -> None:
    """All releases, oldest first; * is the one being served. Exit code 1 where one cannot be read."""
    damaged, current = [], None
    try:
        current = releases.current_release_id()
    except releases.DamagedRelease as error:
        damaged.append(str(error))
    for release_id in releases.release_ids():
        try:
            facts = releases.load(release_id).facts
        except releases.DamagedRelease as error:
            damaged.append(str(error))
            continue
        rows = sum(mart["rows"] for mart in facts["marts"].values())
        mark = "*" if release_id == current else " "
        size = f"{len(facts['marts'])} marts  {rows} rows"
        print(f"{mark} {release_id}  {facts['built_at']}  {size}  {facts['code_version']}")
    if damaged:
        raise _complain("; ".join(damaged), BROKEN)


@app.command()
def show(release_id: Annotated[str, typer.Argument(help="release id, or current")] = "current") -> None:
    """release.json of one release, with its signature."""
    print(json.dumps(_load(release_id).facts, ensure_ascii=False, indent=1, sort_keys=True))


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="release id")],
    new: Annotated[str, typer.Argument(help="release id, or current")] = "current",
) -> None:
    """Tables whose version changed, and marts whose rows changed (added, gone, changed keys)."""
    before, after = _load(old), _load(new)
    first, second = before.facts["table_versions"], after.facts["table_versions"]
    for table in sorted(first.keys() | second.keys()):
        if first.get(table) != second.get(table):
            print(f"table {table}: version {first.get(table, '-')} → {second.get(table, '-')}")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before.file}' as old (read_only)")
        connection.execute(f"attach '{after.file}' as new (read_only)")
        for mart in sorted(before.facts["marts"].keys() | after.facts["marts"].keys()):
            print_change(connection, mart, before.facts["marts"].get(mart), after.facts["marts"].get(mart))


def print_change(connection: duckdb.DuckDBPyConnection, mart: str, before: dict | None, after: dict | None) -> None:
    """One line where a mart differs."""
    if before is None or after is None:
        print(f"mart {mart}: {'new' if before is None else 'gone'}")
    elif before["sm3"] != after["sm3"]:
        if _columns(connection, "old", mart) != _columns(connection, "new", mart):
            print(f"mart {mart}: columns changed, rows {before['rows']} → {after['rows']}")
            return
        gone = _only(connection, mart, "old", "new")
        come = _only(connection, mart, "new", "old")
        print(
            f"mart {mart}: rows {before['rows']} → {after['rows']}; {come} rows are new or changed, {gone} are no more"
        )


def _columns(connection: duckdb.DuckDBPyConnection, file: str, mart: str) -> list[tuple]:
    return connection.execute(f'describe {file}.main."{mart}"').fetchall()


def _only(connection: duckdb.DuckDBPyConnection, mart: str, here: str, there: str) -> int:
    sql = f'select count(*) from (from {here}.main."{mart}" except all from {there}.main."{mart}")'
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
