"""Follow lines of a figure down to the bytes: gold at the release's versions, silver, bronze, landed payloads.

Works on sets: lines of any number of cells are collected first and checked in a few statements, so a thousand cells
cost little more than one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from infra import table_store
from infra.crypto import sm3_file_hex
from infra.settings import settings
from spark_jobs.provenance.cell import Cell
from spark_jobs.provenance.passport import LAST_PLACE, RELATIVE_TOLERANCE
from spark_jobs.provenance.release import Release

Lines = dict[str, dict[str, Any]]


@dataclass
class Findings:
    """What was followed, by step, and what broke (at most a few examples each)."""

    followed: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def count(self, step: str, number: int) -> None:
        """Add to what a step followed."""
        self.followed[step] = self.followed.get(step, 0) + number


class Evidence:
    """A connection that holds a release's marts and the lake at the release's versions."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, release: Release) -> None:
        self.connection = connection
        self.release = release
        rows = connection.execute("select mart, lines from ops_release_mart").fetchall()
        self.lines: Lines = {mart: json.loads(text) for mart, text in rows if text and text != "{}"}
        self._kept: set[str] = set()

    def delta(self, table: str) -> str | None:
        """SQL of a lake table at the release's version; None if the release had no such table."""
        version = self.release.facts["table_versions"].get(table)
        if version is None:
            return None
        return f"delta_scan('{table_store.scan_url(table)}', version = {int(version)})"

    def collect(self, cell: Cell) -> None:
        """Remember the lines that a cell is made of."""
        for term in cell.terms:
            if term.lines not in self.lines:
                continue
            name = f"memory.main.picked_{term.lines}"
            select = f"select * from {term.lines} where {term.condition}"
            if term.lines in self._kept:
                self.connection.execute(f"insert into {name} {select}")
            else:
                self.connection.execute(f"create table {name} as {select}")
                self._kept.add(term.lines)

    def follow(self) -> Findings:
        """Check everything collected against the lake and landing."""
        findings = Findings()
        make = "create or replace temp table"
        self.connection.execute(f"{make} records (record_id varchar, feed varchar, line varchar)")
        self.connection.execute(f"{make} payloads (feed varchar, payload_sm3 varchar)")
        for name in sorted(self._kept):
            key = ", ".join(self.lines[name]["id"])
            self.connection.execute(
                f"create or replace temp table lines_{name} as "
                f"select distinct on ({key}) * from memory.main.picked_{name}"
            )
            findings.count("lines", self._one(f"select count(*) from lines_{name}"))
            self._check_delta(name, findings)
            self._note_records(name)
        self._check_records(findings)
        self._check_payloads(findings)
        return findings

    def _one(self, sql: str) -> Any:
        row = self.connection.execute(sql).fetchone()
        return row[0] if row else None

    def _check_delta(self, name: str, findings: Findings) -> None:
        rule = self.lines[name]
        source = self.delta(rule["delta"]) if rule.get("delta") and rule.get("delta_key") else None
        if source is None:
            return
        key = " and ".join(f"d.{column} = l.{column}" for column in rule["delta_key"])
        current = " and d.known_to is null" if rule.get("current") else ""
        wrong = [f"d.{rule['delta_key'][0]} is null"] + [
            f"abs(l.{mine}::double - d.{theirs}) > {RELATIVE_TOLERANCE} * abs(d.{theirs}) + {LAST_PLACE}"
            for mine, theirs in (rule.get("check") or {}).items()
        ]
        rows = self.connection.execute(
            f"select l.{rule['id'][0]} from lines_{name} as l left join {source} as d on {key}{current} "
            f"where {' or '.join(wrong)} limit 5"
        ).fetchall()
        findings.count(rule["delta"], self._one(f"select count(*) from lines_{name}"))
        findings.broken += [f"{name} {row[0]}: not in {rule['delta']} as published" for row in rows]

    def _note_records(self, name: str) -> None:
        """Fill the tables of records and payloads that the lines name."""
        columns = {row[0] for row in self.connection.execute(f"describe lines_{name}").fetchall()}
        rule = self.lines[name]
        if "source_record_ids" in columns:
            self.connection.execute(
                f"insert into records select unnest(source_record_ids), source_feed, '{name} ' || {rule['id'][0]} "
                f"from lines_{name}"
            )
        if rule.get("record"):
            self.connection.execute(
                f"insert into records select {rule['record']}, null, '{name} ' || {rule['id'][0]} from lines_{name}"
            )
        if rule.get("payloads"):
            feed = "source_feed" if "source_feed" in columns else "feed"
            self.connection.execute(
                f"insert into payloads select distinct {feed}, unnest({rule['payloads']}) from lines_{name}"
            )

    def _check_records(self, findings: Findings) -> None:
        self.connection.execute(
            "create temp table if not exists records (record_id varchar, feed varchar, line varchar)"
        )
        self.connection.execute(
            """create or replace temp table found as
               select distinct r.record_id, r.line, s.* exclude (record_id), r.feed as line_feed
               from records as r left join fct_source_record as s using (record_id)"""
        )
        # A meter's record is `meter@day`: its evidence is the payloads of the day's hours.
        self.connection.execute(
            """insert into payloads select distinct h.source_feed, unnest(h.payload_sm3s)
               from found as f join fct_meter_hour as h on h.meter_id || '@' || h.day = f.record_id"""
        )
        missing = self.connection.execute(
            """select line, record_id from found where feed is null
               and record_id not in (select meter_id || '@' || day from fct_meter_hour) limit 5"""
        ).fetchall()
        findings.broken += [f"{line}: source record {record} is not in the release" for line, record in missing]
        findings.count("records", self._one("select count(distinct record_id) from found"))
        tables = self.connection.execute(
            "select distinct feed, silver_table from found where feed is not null"
        ).fetchall()
        for feed, silver in tables:
            self._check_layer(feed, silver, "record_id", findings)
            self._check_layer(feed, f"bronze.{feed.replace('.', '__')}", "", findings)
        self.connection.execute(
            "insert into payloads select distinct feed, payload_sm3 from found where feed is not null"
        )

    def _check_layer(self, feed: str, table: str, key: str, findings: Findings) -> None:
        source = self.delta(table)
        if source is None:
            findings.broken.append(f"{table}: the release knows no version of it")
            return
        on = "d.payload_sm3 = f.payload_sm3 and d.row_no = f.row_no" + (f" and d.{key} = f.{key}" if key else "")
        rows = self.connection.execute(
            f"select f.record_id, f.payload_sm3, f.row_no from found as f anti join {source} as d on {on} "
            f"where f.feed = '{feed}' limit 5"
        ).fetchall()
        findings.count(table, self._one(f"select count(distinct record_id) from found where feed = '{feed}'"))
        findings.broken += [
            f"{table}: no row {row_no} of payload {payload} (record {r})" for r, payload, row_no in rows
        ]

    def _check_payloads(self, findings: Findings) -> None:
        rows = self.connection.execute(
            "select distinct feed, payload_sm3 from payloads where payload_sm3 is not null"
        ).fetchall()
        found: dict[str, dict[str, Path]] = {}
        for feed, payload in rows:
            if feed not in found:
                folder = settings().landing / feed.replace(".", "/")
                found[feed] = {path.name: path for path in folder.glob("*/*")}
            path = found[feed].get(payload)
            if path is None:
                findings.broken.append(f"landing of {feed}: no payload {payload}")
            elif sm3_file_hex(path) != payload:
                findings.broken.append(f"{path}: its bytes do not give the hash in its name")
        findings.count("payloads", len(rows))


@contextmanager
def evidence(release: Release) -> Iterator[Evidence]:
    """Evidence over a release; the lake's tables are read at the versions it was built from."""
    with duckdb.connect() as connection:
        table_store.open_duckdb(connection)
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        connection.execute(f"attach '{release.file}' as marts (read_only)")
        connection.execute("use marts")
        yield Evidence(connection, release)
