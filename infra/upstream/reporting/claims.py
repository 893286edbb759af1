"""What an enterprise leaves out of its own reports on purpose: single months, or every month from one on.

All energy and the CO2 statement of the month are lowered alike, so that the report agrees with itself; activity and
meters are not. Nothing of it is a fault of a row: it can only be found by comparison.
"""

from __future__ import annotations

from typing import NamedTuple

from infra.upstream.clock import months_between
from infra.upstream.reporting.rows import own_parameters
from infra.upstream.rng import draws
from infra.upstream.world.enterprises import Enterprise

Month = tuple[int, int]
KINDS = ("under_report", "lasting_bias")


class Claim(NamedTuple):
    """Share of the truth that is reported, and the kind of what is left out (empty: nothing)."""

    share: float
    kind: str


HONEST = Claim(1.0, "")


def claim(seed: int, enterprise: Enterprise, month: Month, rates: dict[str, float]) -> Claim:
    """The claim of an enterprise's month; a lasting bias covers single months."""
    left_out = own_parameters()["left_out"]
    u = draws(seed, "lasting bias", enterprise.index)
    if u[0] < rates["lasting_bias"] and month >= _onset(u[1]):
        return Claim(1.0 - left_out["lasting_bias"], "lasting_bias")
    if draws(seed, "under report", enterprise.index, *month)[0] < rates["under_report"]:
        return Claim(1.0 - left_out["under_report"], "under_report")
    return HONEST


def _onset(u: float) -> Month:
    first, last = (_month(text) for text in own_parameters()["left_out"]["lasting_from"])
    months = months_between(first, last)
    return months[int(u * len(months))]


def _month(text: str) -> Month:
    year, month = text.split("-")
    return int(year), int(month)
