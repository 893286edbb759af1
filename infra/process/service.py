"""One supervised process as data, and what the builders of such data share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from infra.process.layout import Layout
from infra.settings import ROOT, Settings

# Spark on a cluster starts when its store and metastore are prepared. Pages come up last: a first load does not share
# its cores with them, and they need its results.
BASE_STAGE, SPARK_STAGE, AIRFLOW_STAGE, LOAD_STAGE, PAGES_STAGE = 1, 2, 3, 4, 5


@dataclass(frozen=True)
class Service:
    """One supervised process. ``stage`` orders starts: a stage begins when the one before is ready."""

    name: str
    stage: int
    argv: list[str]
    env: dict[str, str]
    log: str
    title: str
    addresses: tuple[str, ...] = ()  # names of the settings that hold the addresses it listens on
    health: str = ""  # path that answers 200 when it is ready; empty: an open port is enough
    answer: str = ""  # pattern that the answer holds
    cwd: str = str(ROOT)
    as_nobody: bool = False
    stop_signal: str = "TERM"
    grace_s: float = 20.0


def base_env(place: Layout, tools: Path, values: Mapping[str, str]) -> dict[str, str]:
    keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "JAVA_HOME") if key in os.environ}
    pinned = {key: values[key] for key in ("LAKE_NOW", "LAKE_WORLD", "LAKE_WORLD_SEED") if key in values}
    return {
        **keep,
        **pinned,
        "LAKE_HOME": str(place.home),
        "LAKE_TOOLS": str(tools),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@dataclass(frozen=True)
class Site:
    """What the builders of services share."""

    place: Layout
    settings: Settings
    values: Mapping[str, str]

    def port(self, name: str) -> str:
        """Port of the address that setting ``name`` holds."""
        return str(urlsplit(self.values[name]).port)

    def log(self, name: str) -> str:
        """Log file of a service."""
        return str(self.place.logs / f"{name}.log")

    def program(self, group: str, name: str) -> str:
        """A program of one of the environments."""
        return str(self.settings.tools / "env" / group / "bin" / name)

    @property
    def clustered(self) -> bool:
        """Whether Spark and the object store run as processes of their own."""
        return self.settings.topology == "cluster"

    @property
    def env(self) -> dict[str, str]:
        """Environment that every process of the lake starts from."""
        return base_env(self.place, self.settings.tools, self.values)
