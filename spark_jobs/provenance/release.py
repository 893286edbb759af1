"""Releases on disk: ``serving/releases/<id>/{marts.duckdb,release.json}`` and ``serving/current.duckdb``.

``release.json`` is canonical JSON with an SM2 signature over everything else in it. The content hash of a mart is
SM3 over its rows as CSV in key order, so two builds of the same rows agree whatever their file looks like.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from infra.crypto import sm3_file_hex
from infra.settings import settings

SIGNATURE = "signature"


@dataclass(frozen=True)
class Release:
    """A release folder and what its release.json says."""

    folder: Path
    facts: dict[str, Any]

    @property
    def release_id(self) -> str:
        return str(self.facts["release_id"])

    @property
    def file(self) -> Path:
        return self.folder / "marts.duckdb"


def releases_folder() -> Path:
    """Where releases lie."""
    return settings().serving / "releases"


def current_file() -> Path:
    """What readers open."""
    return settings().serving / "current.duckdb"


def canonical(facts: dict[str, Any]) -> bytes:
    """The bytes that are signed: sorted keys, no spaces, without the signature itself."""
    unsigned = {key: value for key, value in facts.items() if key != SIGNATURE}
    return json.dumps(unsigned, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mart_sm3(connection: duckdb.DuckDBPyConnection, mart: str, key: list[str]) -> str:
    """Content hash of a table: SM3 of its rows as CSV, ordered by its key (by all columns if it has none)."""
    order = ", ".join(f'"{column}"' for column in key) or "all"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        connection.execute(f"""copy (select * from "{mart}" order by {order}) to '{path}' (format csv, header true)""")
        return sm3_file_hex(path)


def load(release_id: str) -> Release:
    """The release of that id; FileNotFoundError lists the known ones."""
    folder = releases_folder() / release_id
    path = folder / "release.json"
    if not path.exists():
        known = ", ".join(r.release_id for r in all_releases()) or "none"
        raise FileNotFoundError(f"no release {release_id!r} under {releases_folder()}; known: {known}")
    return Release(folder, json.loads(path.read_text(encoding="utf-8")))


def all_releases() -> list[Release]:
    """Every finished release, oldest first."""
    folder = releases_folder()
    found = sorted(folder.glob("*/release.json")) if folder.is_dir() else []
    return [load(path.parent.name) for path in found]


def current_release_id() -> str | None:
    """Id of the release that is being served; None if nothing is."""
    if not current_file().exists():
        return None
    with duckdb.connect(str(current_file()), read_only=True) as connection:
        row = connection.execute("select release_id from ops_release").fetchone()
    return str(row[0]) if row else None


@contextmanager
def swapping() -> Iterator[None]:
    """One change of the current file at a time, so that a notice never brings a former release back."""
    settings().serving.mkdir(parents=True, exist_ok=True)
    with (settings().serving / ".swap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def swap_in(file: Path) -> None:
    """Make ``file``'s content the current one, in one step; readers that have it open keep what they have."""
    target = current_file()
    waiting = target.with_name(f".{target.name}.{os.getpid()}")
    with swapping():
        waiting.unlink(missing_ok=True)
        os.link(file, waiting)
        waiting.replace(target)
