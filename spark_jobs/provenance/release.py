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
REQUIRED = {"release_id": str, "built_at": str, "code_version": str, "file_sm3": str, "table_versions": dict,
            "marts": dict}  # fmt: skip


class DamagedRelease(ValueError):
    """A release or the served file cannot be read; the message names the file and what is wrong with it."""


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
    """The release of that id; FileNotFoundError lists the known ones, DamagedRelease says what its facts lack."""
    folder = releases_folder() / release_id
    path = folder / "release.json"
    if not path.exists():
        known = ", ".join(release_ids()) or "none"
        raise FileNotFoundError(f"no release {release_id!r} under {releases_folder()}; known: {known}")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedRelease(f"{path} is not JSON: {error}") from error
    lacking = _lacking(facts)
    if lacking:
        raise DamagedRelease(f"{path} does not say {', '.join(lacking)}")
    return Release(folder, facts)


def _lacking(facts: Any) -> list[str]:
    """What release.json must say and does not."""
    if not isinstance(facts, dict):
        return list(REQUIRED)
    lacking = [name for name, kind in REQUIRED.items() if not isinstance(facts.get(name), kind)]
    for mart, said in facts["marts"].items() if "marts" not in lacking else ():
        if not isinstance(said, dict) or not {"rows", "sm3"} <= said.keys():
            lacking.append(f"rows and sm3 of {mart}")
    return lacking


def release_ids() -> list[str]:
    """Ids of every finished release, oldest first, whether it can be read or not."""
    folder = releases_folder()
    found = folder.glob("[!.]*/release.json") if folder.is_dir() else ()
    return sorted(path.parent.name for path in found)


def all_releases() -> list[Release]:
    """Every finished release, oldest first; DamagedRelease at the first that cannot be read."""
    return [load(release_id) for release_id in release_ids()]


def current_release_id() -> str | None:
    """Id of the release that is being served; None if nothing is, DamagedRelease if the file cannot be read."""
    if not current_file().exists():
        return None
    try:
        with duckdb.connect(str(current_file()), read_only=True) as connection:
            row = connection.execute("select release_id from ops_release").fetchone()
    except duckdb.Error as error:
        raise DamagedRelease(f"{current_file()} cannot be read: {first_line(error)}") from error
    return str(row[0]) if row else None


def first_line(error: Exception) -> str:
    """An error's first line, which is what people are told."""
    return next(iter(str(error).splitlines()), type(error).__name__)


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
