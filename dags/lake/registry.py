"""Families of feeds, read from the contracts as plain YAML (the contract model lives in another environment).

A family is all feeds of one source; they share a receipt window's grain, so that one run takes one window of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "spark_jobs" / "sources"
KEY_FORMATS = {"month": "%Y-%m", "day": "%Y-%m-%d"}
# A partition closes at local midnight; a tick at any later hour would lose the last day of a backfill.
CRONS = {"month": "0 0 1 * *", "day": "0 0 * * *"}


class RegistryError(ValueError):
    """The contracts do not make families; the message names the file."""


@dataclass(frozen=True)
class Feed:
    """What orchestration needs of one contract."""

    name: str
    title: str
    first: str
    last: str


@dataclass(frozen=True)
class Family:
    """All feeds of one source. ``grain`` is the receipt window's: month or day."""

    source: str
    title: str
    origin: str
    grain: str
    upstream: bool
    feeds: tuple[Feed, ...]

    @property
    def key_format(self) -> str:
        """strftime format of a window."""
        return KEY_FORMATS[self.grain]

    @property
    def cron(self) -> str:
        """When a window closes, Asia/Shanghai."""
        return CRONS[self.grain]

    @property
    def closed(self) -> bool:
        """Whether the source holds a finished data set: nothing new will come, so it has no schedule."""
        return all(feed.last for feed in self.feeds)

    @property
    def pool(self) -> str:
        """Airflow pool that limits requests to the platform."""
        return f"upstream_{self.source}"


def _mapping(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise RegistryError(f"{path}: a mapping is expected at the top")
    return content


def _family(shared_file: Path) -> Family:
    shared = _mapping(shared_file)
    contracts = [_mapping(path) for path in sorted(shared_file.parent.glob("[a-z]*.yaml"))]
    if not contracts:
        raise RegistryError(f"{shared_file.parent}: no contract beside {shared_file.name}")
    grains = {contract["window"]["grain"] for contract in contracts}
    if len(grains) != 1 or not grains <= set(KEY_FORMATS):
        raise RegistryError(f"{shared_file.parent}: feeds of one source share one grain of {sorted(KEY_FORMATS)}; "
                            f"found {sorted(grains)}")  # fmt: skip
    newest: dict[str, dict[str, Any]] = {}
    for contract in contracts:
        if contract["version"] >= newest.get(contract["feed"], contract)["version"]:
            newest[contract["feed"]] = contract
    feeds = tuple(
        Feed(name, one["title_zh"], str(one["window"].get("first", "")), str(one["window"].get("last", "")))
        for name, one in sorted(newest.items())
    )
    served = "url_setting" in shared.get("acquisition", {})
    return Family(shared["source"], shared["title_zh"], shared["origin"], grains.pop(), served, feeds)


def families(folder: Path = SOURCES) -> list[Family]:
    """All families, by source name; RegistryError where there is none."""
    found = [_family(path) for path in sorted(folder.glob("*/_source.yaml"))]
    if not found:
        raise RegistryError(f"{folder}: no source found (<source>/_source.yaml)")
    return found


def closed_range(family: Family) -> tuple[str, str]:
    """First and last window of a finished data set."""
    return min(feed.first for feed in family.feeds), max(feed.last for feed in family.feeds)
