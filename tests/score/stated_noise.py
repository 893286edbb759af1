"""Figures of many enterprises drawn at the simulator's stated noise, with under-reports planted in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from infra.upstream.world.activity import noise
from spark_jobs.accounting.triangulation import FIGURES

ENTERPRISES, MONTHS, SECTORS = 450, 24, 9
SHARE_OF_ENTERPRISES = 0.25  # that carry something: enough to count, few enough to leave sectors honest
LAST, SINCE = MONTHS - 1, MONTHS // 2
STATED = {
    "reported": 0.005,  # other weights of the fuels than ours: their mix moves from month to month
    "computed": 0.0,  # the simulator reports what was used
    "metered": 0.01,  # a class 1 meter
    "modelled": noise()["consumption"],
}
LEVELS = {"reported": 0.05, "computed": 0.0, "metered": 0.03, "modelled": 0.25}
LOWERED = np.array([name in ("reported", "computed") for name in FIGURES])


@dataclass(frozen=True)
class Scenario:
    """What is planted: in how many figures, how large, for how long; whether the enterprise has meters."""

    name: str
    size: float
    lasting: bool
    metered: bool


SCENARIOS = tuple(
    Scenario(f"{'lasting 5 %' if lasting else 'one month 10 %'}, {'with' if metered else 'without'} meters",
             0.05 if lasting else 0.10, lasting, metered)
    for lasting in (False, True) for metered in (False, True)
)  # fmt: skip


def covariance(metered: bool) -> np.ndarray:
    """Of chance within a month, figures in the order of FIGURES (meters left out where there are none)."""
    used = [name for name in FIGURES if metered or name != "metered"]
    return np.diag([max(STATED[name], 1e-6) ** 2 for name in used])


def lowered(metered: bool) -> np.ndarray:
    """Which of these figures the enterprise lowers."""
    return LOWERED if metered else LOWERED[[name != "metered" for name in FIGURES]]


def honest(chance: np.random.Generator, metered: bool) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Figures by name (enterprises, months) and each enterprise's sector."""
    shape = (ENTERPRISES, MONTHS)
    truth = chance.normal(8.0, 1.0, (ENTERPRISES, 1)) + chance.normal(0.0, noise()["load"], shape)
    figures = {
        name: np.exp(truth + chance.normal(0, LEVELS[name], (ENTERPRISES, 1)) + chance.normal(0, STATED[name], shape))
        for name in FIGURES
    }
    if not metered:
        figures["metered"] = np.full(shape, np.nan)
    return figures, np.array([f"sector {i % SECTORS}" for i in range(ENTERPRISES)])


def plant(
    chance: np.random.Generator, figures: dict[str, np.ndarray], what: Scenario
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Changed figures, and the enterprises and months that must be alarmed: the month, or the bias's twelfth."""
    who = chance.permutation(ENTERPRISES)[: int(SHARE_OF_ENTERPRISES * ENTERPRISES)]
    months = np.full(len(who), LAST) if what.lasting else chance.integers(0, MONTHS, len(who))
    out = {name: values.copy() for name, values in figures.items()}
    for name in np.array(FIGURES)[LOWERED]:
        if what.lasting:
            out[name][who, SINCE:] *= 1.0 - what.size
        else:
            out[name][who, months] *= 1.0 - what.size
    return out, who, months
