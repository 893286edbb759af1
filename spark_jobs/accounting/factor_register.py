"""The register of factor and method changes of a lake: what was in force since when, and who approved it.

``$LAKE_HOME/factors/register.jsonl`` is an SM3 chain like a manifest; a line is a change that this lake received:
``library`` (the versions that an installed library brought; the first is the baseline, in force since ever),
``adoption`` (a proposed version, approved) or ``method`` (a method takes another's place, approved). Lines are never
changed, so history can be reckoned again from them at any time. Full rows of a library stand beside it by their SM3.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from factor_library.factor import Factor
from factor_library.library import Library, library
from infra.crypto import sm3_hex
from infra.settings import now, settings
from spark_jobs.accounting.in_force import ALWAYS, State, tracked

LIBRARY, ADOPTION, METHOD = "library", "adoption", "method"
_GENESIS = sm3_hex(b"factor register")


class RegisterError(ValueError):
    """The register is not what was written, or a change does not fit to what is in force."""

    exit_code = 65


@dataclass(frozen=True)
class Approval:
    """Who approved, in what function, on what evidence (its words or file name, and its SM3)."""

    by_whom: str
    role: str
    evidence: str
    evidence_sm3: str
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """One line. ``at`` is ISO 8601, empty for the baseline; ``content`` by kind: snapshot, factors or method."""

    seq: int
    kind: str
    at: str
    content: dict[str, Any]
    prev: str
    hash: str = ""

    def sealed(self) -> str:
        """Hash over every field but the hash itself."""
        body = {k: v for k, v in asdict(self).items() if k != "hash"}
        return sm3_hex(_canonical(body))

    @property
    def since(self) -> datetime:
        return datetime.fromisoformat(self.at) if self.at else ALWAYS


class Register:
    """The changes of one lake, in order."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or settings().home / "factors"
        self.path = self.folder / "register.jsonl"

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All lines; RegisterError names the first that breaks the chain."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        found, prev = [], _GENESIS
        for number, line in enumerate(lines, 1):
            try:
                change = Change(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise RegisterError(f"{self.path} line {number}: not a line of the register: {error}") from error
            if (change.seq, change.prev, change.hash) != (number, prev, change.sealed()):
                raise RegisterError(f"{self.path} line {number}: the chain is broken; restore the file from a backup")
            found.append(change)
            prev = change.hash
        return tuple(found)

    @property
    def head(self) -> str:
        """Hash of the newest line; empty where there is none."""
        return self.changes[-1].hash if self.changes else ""

    def timeline(self, through: int | None = None) -> tuple[State, ...]:
        """States in force, oldest first, of the first so many changes; without any, the installed library alone."""
        states: list[State] = []
        from_library: tuple[Factor, ...] = ()
        adopted: tuple[Factor, ...] = ()
        methods: dict[str, str] = {}
        for change in self.changes[:through]:
            if change.kind == LIBRARY:
                from_library = self._snapshot(change.content["snapshot_sm3"])
            elif change.kind == ADOPTION:
                adopted += tuple(factor_of(row) for row in change.content["factors"])
            else:
                methods[change.content["method"]] = change.content["by"]
            first = not states
            state = State(
                ALWAYS if first else change.since,
                "" if first else change.hash,
                _merged(from_library, adopted),
                tuple(sorted(methods.items())),
            )
            states.append(state)
        return tuple(states) or (State(),)

    def receive(self, lib: Library | None = None) -> Change | None:
        """Note what the installed library brings that the lake has not seen; None where it brings nothing new.

        The first note is the baseline. Raises RegisterError where the library has another content under a version
        that was adopted here.
        """
        rows = tracked((lib or library()).all_versions())
        digest = _digest(rows)
        with self._alone():
            known = [c.content["snapshot_sm3"] for c in self._of(LIBRARY)]
            if known and known[-1] == digest:
                return None
            self._refuse_other_content(rows)
            _write(self.folder / f"{digest}.json", _canonical([row_of(f) for f in rows]))
            return self._append(LIBRARY, {"snapshot_sm3": digest}, self._moment(None) if known else "")

    def adopt(self, factors: Iterable[Factor], approval: Approval, at: datetime | None = None) -> Change:
        """Put proposed versions in force from now on; RegisterError where a version is not a new one."""
        chosen = list(factors)
        self.receive()
        with self._alone():
            held = {(f.factor_id, f.version) for f in self.timeline()[-1].factors or ()}
            for factor in chosen:
                if (factor.factor_id, factor.version) in held:
                    raise RegisterError(
                        f"factor {factor.factor_id} has a version {factor.version} already; see `lake factors show`"
                    )
            content = {"factors": [row_of(f) for f in chosen], **asdict(approval)}
            return self._append(ADOPTION, content, self._moment(at))

    def replace_method(self, method: str, by: str, approval: Approval, at: datetime | None = None) -> Change:
        """Put a method in another's place from now on."""
        self.receive()
        with self._alone():
            return self._append(METHOD, {"method": method, "by": by, **asdict(approval)}, self._moment(at))

    @property
    def applied(self) -> int:
        """How many changes gold has been reckoned under; a lake without the mark was built under its baseline."""
        path = self.folder / "applied"
        return int(path.read_text(encoding="utf-8")) if path.exists() else min(1, len(self.changes))

    def mark_applied(self) -> None:
        """Note that gold stands under every change; after the recomputing, so that a kill repeats it."""
        _write(self.folder / "applied", str(len(self.changes)).encode())

    @contextmanager
    def reckoning(self, alone: bool = False) -> Iterator[None]:
        """Hold while gold is reckoned: builds beside each other, a change `alone`."""
        with self._lock(".reckoning", fcntl.LOCK_EX if alone else fcntl.LOCK_SH):
            self.__dict__.pop("changes", None)
            yield

    def _moment(self, at: datetime | None) -> str:
        moment = at or now()
        last = self.changes[-1].since if self.changes else ALWAYS
        if moment < last:
            raise RegisterError(
                f"a change at {moment.isoformat()} would stand before the last one ({last.isoformat()})"
            )
        return moment.isoformat()

    def _of(self, kind: str) -> list[Change]:
        return [c for c in self.changes if c.kind == kind]

    def _append(self, kind: str, content: dict[str, Any], at: str) -> Change:
        """Add a line; the file is replaced whole, so a kill leaves the former one or the new one."""
        unsealed = Change(len(self.changes) + 1, kind, at, content, self.head or _GENESIS)
        change = Change(**{**asdict(unsealed), "hash": unsealed.sealed()})
        _write(self.path, b"".join(_canonical(asdict(c)) + b"\n" for c in (*self.changes, change)))
        self.__dict__.pop("changes", None)
        return change

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes the register meanwhile; what others wrote before is read anew."""
        with self._lock(".lock", fcntl.LOCK_EX):
            self.__dict__.pop("changes", None)
            yield

    @contextmanager
    def _lock(self, name: str, kind: int) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / name).open("w") as lock:
            fcntl.flock(lock, kind)
            yield

    def _refuse_other_content(self, rows: tuple[Factor, ...]) -> None:
        adopted = {(f["factor_id"], f["version"]): f for c in self._of(ADOPTION) for f in c.content["factors"]}
        for factor in rows:
            held = adopted.get((factor.factor_id, factor.version))
            if held and (held["value"], held["unit"]) != (factor.value, factor.unit):
                raise RegisterError(
                    f"factor {factor.factor_id} version {factor.version} was adopted here with {held['value']:g} "
                    f"{held['unit']}, the library has {factor.value:g} {factor.unit}: give the library's a new version"
                )

    def _snapshot(self, digest: str) -> tuple[Factor, ...]:
        path = self.folder / f"{digest}.json"
        if not path.exists():
            raise RegisterError(f"{path} is missing: the register names it; restore it from a backup")
        rows = tuple(factor_of(row) for row in json.loads(path.read_text(encoding="utf-8")))
        if _digest(rows) != digest:
            raise RegisterError(f"{path} is not what the register names; restore it from a backup")
        return rows


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def row_of(factor: Factor) -> dict[str, Any]:
    """A factor's own fields; the rung is a lookup's."""
    return {f.name: getattr(factor, f.name) for f in fields(Factor) if f.name != "rung"}


def factor_of(row: dict[str, Any]) -> Factor:
    """The factor of a stored row."""
    return Factor(**row)


def _merged(from_library: tuple[Factor, ...], adopted: tuple[Factor, ...]) -> tuple[Factor, ...]:
    both = {(f.factor_id, f.version): f for f in (*adopted, *from_library)}
    return tracked(both.values())


def _digest(rows: tuple[Factor, ...]) -> str:
    return sm3_hex(_canonical([row_of(f) for f in rows]))


def _canonical(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
