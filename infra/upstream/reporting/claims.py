"""What an enterprise states wrongly on purpose or by habit, in reports that agree with themselves.

It leaves out a part of its energy and CO2, in single months or in every month from one on; activity and meters are
true. Or it reports as its own use the power that it passed on to others, who report it, too. Nothing of it is a fault
of a row: it can only be found by comparison.
"""

from __future__ import annotations

from typing import NamedTuple

from infra.upstream.clock import months_between
from infra.upstream.reporting.rows import own_parameters
from infra.upstream.rng import draws
from infra.upstream.world.enterprises import Enterprise, sectors

Month = tuple[int, int]
KINDS = ("under_report", "lasting_bias")
PASSED_ON = "electricity"


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


def counts_twice(seed: int, enterprise: Enterprise, month: Month, rates: dict[str, float]) -> bool:
    """Whether an enterprise that passes power on reports it as its own use in a month."""
    spec = sectors()[enterprise.sector]["energies"].get(PASSED_ON, {})
    if not spec.get("resold"):
        return False
    return bool(draws(seed, "double count", enterprise.index, *month)[0] < rates["double_count"])


def _onset(u: float) -> Month:
    first, last = (_month(text) for text in own_parameters()["left_out"]["lasting_from"])
    months = months_between(first, last)
    return months[int(u * len(months))]


def _month(text: str) -> Month:
    year, month = text.split("-")
    return int(year), int(month)
