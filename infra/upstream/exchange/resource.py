"""What one list of the data exchange is: columns, true rows by month, months online, what is planted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.upstream.clock import days_in, epoch_of, iso, shift
from infra.upstream.planting import Planted
from infra.upstream.rng import draws
from infra.upstream.world.model import World

Month = tuple[int, int]
Row = tuple[object, ...]
Bound = float | Callable[[Mapping[str, Any]], float]

TIMING_KINDS = ("late", "correction")
CONTENT_KINDS = ("malformed", "impossible", "unit_slip", "broken_identity")
KINDS = ("duplicate", *TIMING_KINDS, *CONTENT_KINDS)


@dataclass(frozen=True)
class Fault:
    """One kind of fault a row may carry (at most one a row). Its rate is ``share`` × the platform's rate of the kind.

    ``fields``: columns that may be hit, one at a time; for ``correction`` all of them are scaled together, so that
    identities among them hold. ``low``, ``high``: what the platform declares plausible, a number or a function of the
    true row (column → value). ``impossible`` lies beyond one of them, below zero where ``low`` is 0; ``unit_slip`` is
    one of ``factors`` that leaves them; ``broken_identity`` moves a field by a multiple of the tolerance
    max(``relative`` × value, ``absolute``). ``plant`` does it in its own way (times, codes): it changes the row (column
    → value) by the row's uniforms and says what it did, or None where this row cannot carry it.
    """

    kind: str
    fields: tuple[str, ...] = ()
    share: float = 1.0
    low: Bound | None = None
    high: Bound | None = None
    factors: tuple[float, ...] = (1000.0, 0.001, 10.0, 0.1)
    relative: float = 0.005
    absolute: float = 0.02
    plant: Callable[[dict[str, Any], tuple[float, ...]], Planted | None] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault {self.kind!r} is unknown; known: {', '.join(KINDS)}")
        if self.kind in (*CONTENT_KINDS, "correction") and not self.fields:
            raise ValueError(f"fault {self.kind}: fields are wanted")
        unbounded = self.low is None and self.high is None and self.plant is None
        if self.kind in ("impossible", "unit_slip") and unbounded:
            raise ValueError(f"fault {self.kind} of {self.fields}: low or high is wanted")


@dataclass(frozen=True)
class Resource:
    """One list. ``rows(world, month)`` yields the true rows that become known in a month, deterministic and in order.

    Operations of a month become known in the month after. Every row has ``version`` (from 1) and ``updated_at`` (ISO,
    +08:00, inside the month it becomes known); None is written as empty text. ``keeps_months``: 0, all months since
    2023-01; n, only the n newest closed months are online. A ``register`` is published whole, in the newest closed
    month. ``key`` and ``period`` name columns, for the truth file.
    """

    name: str
    title_zh: str
    columns: tuple[str, ...]
    rows: Callable[[World, Month], Iterator[Row]]
    key: tuple[str, ...]
    period: str = ""
    keeps_months: int = 0
    register: bool = False
    charset: str = "utf-8"
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        named = {*self.key, "version", "updated_at", *([self.period] if self.period else [])}
        named |= {field for fault in self.faults for field in fault.fields}
        if unknown := sorted(named - set(self.columns)):
            raise ValueError(f"{self.name}: no column {', '.join(unknown)}")
        kinds = {fault.kind for fault in self.faults}
        if self.kept and kinds & set(TIMING_KINDS):
            raise ValueError(f"{self.name}: late and corrected rows need all months online (keeps_months 0)")

    @property
    def kept(self) -> int:
        """Closed months online, 0 for all."""
        return self.keeps_months or (1 if self.register else 0)


def operated(known: Month) -> Month:
    """The month of operations that becomes known in ``known``."""
    return shift(known, -1)


def register_version(known: Month) -> int:
    """Number of a register's publication: the months since the end of 2022."""
    return (known[0] - 2023) * 12 + known[1]


def known_at(seed: int, known: Month, *key: object, first_day: int = 1, last_day: int = 15) -> str:
    """A time of the month for ``updated_at``, drawn by the key: ISO, +08:00, from first_day to last_day."""
    first, last = epoch_of(*known, first_day), epoch_of(*known, min(last_day, days_in(known)), 23, 59)
    return iso(first + int(draws(seed, "exchange known", *known, *key)[0] * (last - first)))
