"""DuckDB's extension that reads Delta tables; it comes as a wheel, nothing is installed from the network."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path


def delta_extension() -> Path:
    """Path of the extension; FileNotFoundError says what to run."""
    for file in importlib.metadata.files("duckdb-extension-delta") or []:
        if file.name == "delta.duckdb_extension":
            return Path(str(file.locate()))
    raise FileNotFoundError("the wheel duckdb-extension-delta holds no delta.duckdb_extension: run `make install`")
