"""Turn a candidate build into a signed release and swap it in under running readers."""

from __future__ import annotations

import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from infra.crypto import sm3_file_hex, sm3_hex
from infra.crypto.provider import provider
from infra.settings import now, settings
from spark_jobs.jobs.marts import DONE, NOTHING_TO_DO, Candidate, load_candidate
from spark_jobs.provenance import release as releases
from spark_jobs.provenance.chains import chain_heads
from spark_jobs.provenance.code_version import code_version, digest
from spark_jobs.provenance.mart_spec import MartSpec, marts

KEPT = 10
NOTICE = "ops_notice"


def run(target: str = "all", window_from: str = "", window_to: str = "") -> int:
    """Exit code: 0 published, 99 no candidate waits. ``lake job marts`` makes the candidate."""
    candidate = load_candidate()
    if candidate is None:
        return NOTHING_TO_DO
    finished = publish(candidate)
    (candidate.build_file.parent / "candidate.json").unlink()
    print(f"release {finished.release_id}: {len(finished.facts['marts'])} marts")
    return DONE


def publish(candidate: Candidate, at: datetime | None = None) -> releases.Release:
    """Copy the marts into a fresh file, hash and sign them, swap the file in; former releases beyond KEPT go."""
    at = at or now()
    specs = marts(candidate.manifest)
    release_id = f"{at:%Y%m%dT%H%M%S}-{_short_hash(candidate.table_versions)}"
    folder = releases.releases_folder() / release_id
    working = folder.with_name(f".{release_id}.{os.getpid()}")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    facts = _fill(working / "marts.duckdb", candidate, specs, release_id, at)
    facts["chain_heads"] = chain_heads()
    facts["file_sm3"] = sm3_file_hex(working / "marts.duckdb")
    facts[releases.SIGNATURE] = provider().sign(releases.canonical(facts))
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)
    (working / "release.json").write_text(text + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    working.replace(folder)
    finished = releases.load(release_id)
    releases.swap_in(finished.file)
    _drop_old(keep=release_id)
    if settings().release_postgres_url:
        from spark_jobs.provenance.postgres_copy import copy_release

        copy_release(finished, settings().release_postgres_url)
    return finished


def hold(reason_zh: str, at: datetime | None = None) -> Path | None:
    """Go on serving the current data, and say why: writes a notice row into a copy and swaps that in.

    Returns None where nothing is being served yet. The release itself is not touched, so it still verifies.
    """
    current = releases.current_file()
    copy = current.with_name(f".held.{os.getpid()}.duckdb")
    with releases.swapping():
        if not current.exists():
            return None
        shutil.copyfile(current, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute(
                f"insert into {NOTICE} select ?, ? where ? not in (select notice_zh from {NOTICE})",
                [at or now(), reason_zh, reason_zh],
            )
        copy.replace(current)
    return current


def _short_hash(versions: dict[str, int]) -> str:
    return sm3_hex(json.dumps(versions, sort_keys=True).encode())[:8]


def _fill(path: Path, candidate: Candidate, specs: list[MartSpec], release_id: str, at: datetime) -> dict[str, Any]:
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        connection.execute(f"attach '{candidate.build_file}' as build (read_only)")
        rows, hashes = {}, {}
        for spec in specs:
            order = ", ".join(f'"{column}"' for column in spec.grain) or "all"
            connection.execute(f'create table "{spec.name}" as from build.main."{spec.name}" order by {order}')
            _comment(connection, spec)
            rows[spec.name] = connection.execute(f'select count(*) from "{spec.name}"').fetchone()[0]  # type: ignore[index]
            hashes[spec.name] = releases.mart_sm3(connection, spec.name, list(spec.grain))
        simulated = connection.execute(
            "select coalesce(bool_or(is_simulated), false) from fct_emission_line"
        ).fetchone()
        facts: dict[str, Any] = {
            "release_id": release_id,
            "built_at": at.isoformat(),
            "code_version": code_version(),
            "code_digest": digest(),
            "table_versions": candidate.table_versions,
            "is_simulated": bool(simulated and simulated[0]),
            "marts": {name: {"rows": rows[name], "sm3": hashes[name]} for name in rows},
        }
        _release_tables(connection, facts, specs)
        connection.execute("detach build")
        connection.execute("checkpoint")
    return facts


def _comment(connection: duckdb.DuckDBPyConnection, spec: MartSpec) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    connection.execute(f'comment on table "{spec.name}" is {quoted(spec.description)}')
    for column in spec.columns:
        connection.execute(f'comment on column "{spec.name}"."{column.name}" is {quoted(column.zh)}')


def _release_tables(connection: duckdb.DuckDBPyConnection, facts: dict[str, Any], specs: list[MartSpec]) -> None:
    """What the file says of itself: release, pinned tables, marts with trace rules, columns, notices."""
    connection.execute(
        """create table ops_release (release_id varchar, built_at timestamptz, code_version varchar,
           is_simulated boolean, marts integer, total_rows bigint)"""
    )
    total = sum(mart["rows"] for mart in facts["marts"].values())
    head = [facts[key] for key in ("release_id", "built_at", "code_version", "is_simulated")]
    connection.execute("insert into ops_release values (?, ?, ?, ?, ?, ?)", [*head, len(specs), total])
    connection.execute("create table ops_release_table (table_name varchar, table_version bigint)")
    connection.executemany("insert into ops_release_table values (?, ?)", list(facts["table_versions"].items()))
    connection.execute(
        """create table ops_release_mart (mart varchar, title_zh varchar, description varchar, grain varchar[],
           row_count bigint, content_sm3 varchar, trace json, lines json)"""
    )
    connection.execute(
        """create table ops_release_column (mart varchar, column_name varchar, position integer, data_type varchar,
           label_zh varchar, unit varchar)"""
    )
    for spec in specs:
        mart = facts["marts"][spec.name]
        values = [spec.name, spec.title_zh, spec.description, list(spec.grain), mart["rows"], mart["sm3"]]
        values += [json.dumps(spec.trace, ensure_ascii=False), json.dumps(spec.lines, ensure_ascii=False)]
        connection.execute("insert into ops_release_mart values (?, ?, ?, ?, ?, ?, ?, ?)", values)
        for position, column in enumerate(spec.columns, 1):
            entry = [spec.name, column.name, position, column.data_type, column.zh, column.unit]
            connection.execute("insert into ops_release_column values (?, ?, ?, ?, ?, ?)", entry)
    connection.execute(f"create table {NOTICE} (since timestamptz, notice_zh varchar)")
    _still_closed(connection)


def _still_closed(connection: duckdb.DuckDBPyConnection) -> None:
    """A release does not clear the notice of a gate that has not opened since: that feed's new data is not in it."""
    from spark_jobs.engine.gate import notice_zh

    closed = connection.execute("select checked_at, table_name from fct_gate where is_latest and not passed")
    for since, table in closed.fetchall():
        connection.execute(f"insert into {NOTICE} values (?, ?)", [since, notice_zh(table)])


def _drop_old(keep: str) -> None:
    for old in releases.release_ids()[:-KEPT]:
        if old != keep:
            shutil.rmtree(releases.releases_folder() / old)
