"""DuckDB's extensions that read Delta tables and object stores; they come as wheels, nothing is fetched at run time."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path


def extension(name: str) -> Path:
    """Path of the extension ``name``; FileNotFoundError says what to run."""
    try:
        files = importlib.metadata.files(f"duckdb-extension-{name}") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == f"{name}.duckdb_extension":
            return Path(str(file.locate()))
    raise FileNotFoundError(f"no wheel duckdb-extension-{name} with its extension is installed: run `make install`")


def delta_extension() -> Path:
    """Path of the extension that reads Delta tables."""
    return extension("delta")
