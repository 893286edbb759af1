"""Uncertainty of a sum of emissions: what is independent averages out, a shared factor does not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pyarrow as pa

from factor_library.library import Library, library
from spark_jobs.accounting.recipes import PART_SEPARATOR
from spark_jobs.models.interval import Z95

_STATED = "reported"
_MEASURED = "measured:"


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Of a sum. `total` and `sensitivity` (d total / d ln factor, by factor_id) in kg, `variance_independent` in kg².

    Two of them add: totals, variances and the sensitivities of each factor; that is what makes any sum right.
    """

    total: float
    variance_independent: float
    sensitivity: Mapping[str, float]
    factor_rsu: Mapping[str, float]

    def __add__(self, other: "Uncertainty") -> "Uncertainty":
        keys = self.sensitivity.keys() | other.sensitivity.keys()
        return Uncertainty(
            self.total + other.total,
            self.variance_independent + other.variance_independent,
            {k: self.sensitivity.get(k, 0.0) + other.sensitivity.get(k, 0.0) for k in keys},
            {**self.factor_rsu, **other.factor_rsu},
        )

    @property
    def standard(self) -> float:
        """Standard uncertainty (k=1) in kg."""
        shared = sum((s * self.factor_rsu[k]) ** 2 for k, s in self.sensitivity.items())
        return sqrt(self.variance_independent + shared)

    @property
    def interval_95(self) -> tuple[float, float]:
        """95 % interval in kg."""
        half = Z95 * self.standard
        return self.total - half, self.total + half


def combine_uncertainty(
    emission: pa.Table, lib: Library | None = None, weight: Mapping[str, float] | None = None
) -> Uncertainty:
    """Return the uncertainty of the sum of emission rows.

    emission: grain of gold.emission, of one account and boundary, with activity_id, gas, mass_kg, activity_rsu,
    factor_id, factor_rsu. `weight` is kg CO2e per kg of each gas (a GWP set); without one, the rows must be of one gas.
    The activity of one activity_id is one quantity: its gases move together. A factor (each part of a composite) is
    shared by all rows that name it. A stated CO2 has no factor: its uncertainty is its own.
    Raises ValueError where gases are mixed without weights.
    """
    gases = set(emission["gas"].to_pylist())
    if weight is None and len(gases) > 1:
        raise ValueError(f"{', '.join(sorted(gases))} cannot be added without a GWP set")
    lib = lib or library()
    weights = np.array([weight[g] if weight else 1.0 for g in emission["gas"].to_pylist()])
    mass = emission["mass_kg"].to_numpy(zero_copy_only=False) * weights
    ids = emission["factor_id"].to_pylist()
    own = np.array([r if i == _STATED else 0.0 for i, r in zip(ids, emission["factor_rsu"].to_pylist(), strict=True)])
    independent = _activity_variance(emission, mass) + float(np.sum((mass * own) ** 2))
    sensitivity: dict[str, float] = defaultdict(float)
    for factor_id, kg in zip(ids, mass.tolist(), strict=True):
        for part in parts_of(factor_id):
            sensitivity[part] += kg
    return Uncertainty(float(mass.sum()), independent, dict(sensitivity), _rsu(sensitivity, lib))


def parts_of(factor_id: str) -> tuple[str, ...]:
    """Return the factors that a factor_id of gold.emission names; none for a stated CO2."""
    return () if factor_id == _STATED else tuple(factor_id.split(PART_SEPARATOR))


def _activity_variance(emission: pa.Table, mass: np.ndarray) -> float:
    by_activity: dict[str, float] = defaultdict(float)
    rsu = emission["activity_rsu"].to_numpy(zero_copy_only=False)
    for activity_id, value in zip(emission["activity_id"].to_pylist(), (mass * rsu).tolist(), strict=True):
        by_activity[activity_id] += value
    return sum(v**2 for v in by_activity.values())


def _rsu(factor_ids: Iterable[str], lib: Library) -> dict[str, float]:
    own = lib.factor("RSU_MEASURED_FACTOR").value
    return {i: own if i.startswith(_MEASURED) else lib.factor(i).rsu for i in factor_ids}
