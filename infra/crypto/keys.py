"""Key files with versions: ``<folder>/<name>.v<N>``, mode 0600, written once. The highest version is the current one.

What a key protects carries the version it was protected with, so older versions stay until nothing names them.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from infra.crypto import sm2, sm4


def _sm2_text() -> str:
    pair = sm2.generate()
    return json.dumps({"private": pair.private, "public": pair.public})


KINDS: dict[str, Callable[[], str]] = {
    "sm2_sign": _sm2_text,
    "sm4_data": lambda: secrets.token_hex(sm4.KEY_BYTES),
    "hmac_identity": lambda: secrets.token_hex(32),
}


class MissingKey(FileNotFoundError):
    """A key version is not there; the message names the file that is wanted."""


class KeyStore:
    """Keys in one folder (``$LAKE_HOME/run/secrets``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def versions(self, name: str) -> list[int]:
        """Versions that exist, ascending."""
        found = (re.fullmatch(rf"{re.escape(name)}\.v(\d+)", p.name) for p in self.folder.glob(f"{name}.v*"))
        return sorted(int(match[1]) for match in found if match)

    def current(self, name: str) -> int:
        """The newest version; the first is made when there is none yet."""
        return (self.versions(name) or [self.create(name)])[-1]

    def create(self, name: str) -> int:
        """Make the next version of a key (rotation); returns its number. KeyError for an unknown kind of key."""
        content = KINDS[name]()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        version = (self.versions(name) or [0])[-1] + 1
        path = self.folder / f"{name}.v{version}"
        aside = self.folder / f".{path.name}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(aside, path)  # fails where another process was first: then its key is the one
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        return version

    def read(self, name: str, version: int) -> str:
        """Content of one version; MissingKey if it is not there."""
        path = self.folder / f"{name}.v{version}"
        if not path.exists():
            raise MissingKey(f"key {name} version {version} is missing: {path}; restore it from the key backup")
        return path.read_text(encoding="utf-8").strip()

    def ensure_all(self) -> list[str]:
        """Make the first version of every key that has none; names of the new ones."""
        made = [name for name in KINDS if not self.versions(name)]
        for name in made:
            self.create(name)
        return made
