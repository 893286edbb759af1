"""Data files inside an installed Python package: real open data that needs no network.

A file is delivered whole, or, with ``month_columns``, cut to the lines of the window's month under its own header; no
byte of a line is changed. The request names package, version, file and the whole file's SM3.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from infra.crypto import sm3_hex
from spark_jobs.ingest.adapters import Acquisition, Miss, Request
from spark_jobs.ingest.landing import Delivery


class Parameters(Acquisition):
    """``file`` inside the package; ``member`` inside a zip; ``month_columns``: names of the year and month columns."""

    package: str
    file: str
    member: str = ""
    month_columns: tuple[str, str] | None = None


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery: the file, or its lines of the month."""
    given = request.parameters(Parameters)
    name = f"package:{given.package}=={version(given.package)}/{given.file}"
    spec = find_spec(given.package)
    places = list(spec.submodule_search_locations or []) if spec else []
    path = Path(places[0]) / given.file if places else None
    if path is None or not path.exists():
        yield Miss("refused", name, f"file {given.file} is not in package {given.package}")
        return
    data, digest = _content(path, given.member)
    name = f"{name}{'!' + given.member if given.member else ''} sm3={digest}"
    if given.month_columns:
        year, month = (str(int(part)) for part in request.window.split("-"))
        data = _month(data, given.month_columns, (year, month))
        name += f" {given.month_columns[0]}={year} {given.month_columns[1]}={month}"
    yield Delivery(data, "text/csv", "utf-8", name)


@lru_cache(maxsize=1)
def _content(path: Path, member: str) -> tuple[bytes, str]:
    data = path.read_bytes()
    digest = sm3_hex(data)
    if member:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(member)
    return data, digest


def _month(data: bytes, columns: tuple[str, str], wanted: tuple[str, str]) -> bytes:
    """Header and the lines whose year and month columns are ``wanted``; ValueError if the file quotes its cells."""
    if b'"' in data:
        raise ValueError("a file with quoted cells cannot be cut by line")
    lines = data.splitlines(keepends=True)
    header = lines[0].decode().strip().split(",")
    year, month = (header.index(c) for c in columns)
    most = max(year, month) + 1
    pair = (wanted[0].encode(), wanted[1].encode())
    kept = [line for line in lines[1:] if (cells := line.split(b",", most)) and (cells[year], cells[month]) == pair]
    return b"".join([lines[0], *kept])
