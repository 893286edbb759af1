"""Accounts and boundaries as data: which series an evidence is reckoned in, and which account may be official."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from factor_library.library import library

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary: the region whose factors apply, the series of each evidence, candidates for the official account."""

    name: str
    title_zh: str
    region: str
    series: MappingProxyType[str, tuple[str, ...]]
    unnamed: frozenset[str]
    official: tuple[str, ...]

    def account(self, evidence: str, series: str) -> str:
        """Return the account's name, `evidence:series`, or `evidence` where the series is not part of it."""
        return evidence if not series or evidence in self.unnamed else f"{evidence}:{series}"


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return yaml.safe_load((_FOLDER / "accounts.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def boundaries() -> MappingProxyType[str, Boundary]:
    """Return the boundaries by name."""
    found = {}
    for name, body in _data()["boundaries"].items():
        accounts = body["accounts"]
        series = MappingProxyType({evidence: tuple(a["series"]) for evidence, a in accounts.items()})
        unnamed = frozenset(e for e, a in accounts.items() if a.get("named") is False)
        found[name] = Boundary(name, body["title_zh"], body["region"], series, unnamed, tuple(body["official"]))
    return MappingProxyType(found)


def status_order() -> tuple[str, ...]:
    """Return verification statuses from lowest to highest."""
    return tuple(_data()["status_order"])


@lru_cache(maxsize=1)
def activity_rsu() -> MappingProxyType[str, float]:
    """Return the relative standard uncertainty (k=1) of an activity by data grade."""
    return MappingProxyType({g: library().factor(i).value_in("share") for g, i in _data()["activity_rsu"].items()})


@lru_cache(maxsize=1)
def methods() -> MappingProxyType[str, MappingProxyType[str, Any]]:
    """Return the methods by name: title_zh, tier, fuel_set."""
    data = yaml.safe_load((_FOLDER / "methods.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({name: MappingProxyType(body) for name, body in data.items()})


def official_account(boundary: str, statuses: dict[str, str]) -> str | None:
    """Return the official account of an entity, month and boundary.

    `statuses` has, for each evidence there is, the lowest verification status among its rows. Raises KeyError for an
    unknown boundary and ValueError for an unknown status. None where no candidate has rows.
    """
    order = status_order()
    best, best_rank = None, -1
    for account in boundaries()[boundary].official:
        evidence = account.split(":")[0]
        if evidence in statuses and order.index(statuses[evidence]) > best_rank:
            best, best_rank = account, order.index(statuses[evidence])
    return best
