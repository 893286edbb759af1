"""What the lake found, read from its Delta tables with DuckDB: rows in quarantine, versions, receipts, meter hours."""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from spark_jobs.contracts import Contract, load_contracts

METERED = "metering.reading_minute"  # has no typed rows: hours come straight from its files


@dataclass(frozen=True)
class Row:
    """A row as received: its key by the platform's names, as text, and its version."""

    key: tuple[str, ...]
    version: int


@dataclass
class Lake:
    """The tables of one lake; ``warehouse`` is its folder."""

    warehouse: Path

    @cached_property
    def db(self) -> duckdb.DuckDBPyConnection:
        files = importlib.metadata.files("duckdb-extension-delta") or []
        extension = next(file.locate() for file in files if str(file).endswith(".duckdb_extension"))
        connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        connection.execute(f"LOAD '{extension}'")
        return connection

    def rows(self, layer: str, table: str, sql: str) -> list[tuple[Any, ...]]:
        """Result of ``sql``, in which ``this`` is the table."""
        source = f"delta_scan('file://{self.warehouse / layer / table}')"
        return self.db.execute(f"WITH this AS (SELECT * FROM {source}) {sql}").fetchall()

    def loaded(self, feed: str) -> bool:
        """True when the feed has a contract and was taken as far as silver."""
        if feed not in self.contracts:
            return False
        places = [("bronze", feed.replace(".", "__"))]
        places += [] if feed == METERED else [("silver", self.contracts[feed].silver_table)]
        return all((self.warehouse / layer / table / "_delta_log").is_dir() for layer, table in places)

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Contract by feed."""
        found = load_contracts()
        return dict(found) if isinstance(found, dict) else {contract.feed: contract for contract in found}

    def upstream_names(self, feed: str) -> tuple[str, ...]:
        """The platform's names of the key fields."""
        contract = self.contracts[feed]
        names = {field.name: field.upstream or field.name for field in contract.fields}
        return tuple(names[name] for name in contract.key)

    def coded(self, feed: str, key: tuple[str, ...]) -> tuple[str, ...]:
        """The key with the lake's codes in place of the platform's words."""
        contract = self.contracts[feed]
        codes = [contract.field(name).codes if name in contract.field_names else {} for name in contract.key]
        return tuple(known.get(value, value) for known, value in zip(codes, key, strict=True))

    def windows(self, feed: str) -> set[str]:
        """Receipt windows that were loaded."""
        name = feed.replace(".", "__")
        return {window for (window,) in self.rows("bronze", name, "SELECT DISTINCT receipt_window FROM this")}

    def received(self, feed: str) -> int:
        """Rows received."""
        return int(self.rows("bronze", feed.replace(".", "__"), "SELECT count(*) FROM this")[0][0])

    def quarantined(self, feed: str) -> dict[Row, list[str]]:
        """Rows refused before they became typed records → the rules they broke."""
        contract = self.contracts[feed]
        sql = f"SELECT row_json, rule_ids FROM this WHERE feed = '{feed}' AND layer IN ('bronze', 'silver', 'modelled')"
        found: dict[Row, list[str]] = {}
        for text, rules in self.rows("silver", "quarantine", sql):
            record = json.loads(text) if text else {}
            key = tuple(str(record.get(name)) for name in contract.key)
            version = record.get(contract.version_field) if contract.version_field else 1
            found[Row(key, _whole(version))] = list(rules)
        return found

    def versions(self, feed: str) -> dict[tuple[str, int], tuple[Any, int]]:
        """(business key, version) of typed records → (known from, how often it arrived again)."""
        table = self.contracts[feed].silver_table
        sql = "SELECT business_key, version_no, known_from, len(duplicate_receipts) FROM this"
        return {(key, version): (known, again) for key, version, known, again in self.rows("silver", table, sql)}


def _whole(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        return 0
