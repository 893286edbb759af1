"""Which parameters matter most: Sobol indices or Morris screening of the mean electricity of a move (SALib)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from SALib.analyze import morris as morris_analyze
from SALib.analyze import sobol as sobol_analyze
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

from spark_jobs.models.bridge_crane.parameters import PARAMETERS, span
from spark_jobs.models.bridge_crane.physics import move_energy
from spark_jobs.models.frame import FloatArray, Frame, arrow

SOBOL_BASE = 256  # base samples: (parameters + 2) × 256 runs of the model
MORRIS_TRAJECTORIES = 50


def sensitivity(frame: Frame, method: str, seed: int) -> pa.Table:
    """Per kind in the log and parameter: indices of the net electricity of a move with the log's mean load."""
    kinds, mass, ok = frame.text("kind"), frame.number("mass_t"), frame.usable
    rows: list[dict] = []
    for kind in dict.fromkeys(k for k, good in zip(kinds, ok, strict=True) if good):
        load = float(mass[(kinds == kind) & ok].mean())
        rows += sorted(_of_kind(kind, load, method, seed), key=lambda row: -row["rank_value"])
    names = ("mean_load_t", "low", "high", "first_order", "total_order", "total_order_ci", "mu_star", "sigma")
    return arrow(
        {n: np.array([row.get(n) for row in rows], dtype=object) for n in ("kind", "parameter", "unit", "method")}
        | {n: np.array([row.get(n, np.nan) for row in rows], dtype=np.float64) for n in names}
    )


def _of_kind(kind: str, load: float, method: str, seed: int) -> list[dict]:
    names = [name for name in PARAMETERS if span(kind, name)[0] < span(kind, name)[1]]
    problem = {"num_vars": len(names), "names": names, "bounds": [list(span(kind, name)) for name in names]}
    if method == "sobol":
        sample = sobol_sample.sample(problem, SOBOL_BASE, calc_second_order=False, seed=seed)
        found = sobol_analyze.analyze(problem, _net(kind, names, sample, load), calc_second_order=False, seed=seed)
        figures = [
            {"first_order": a, "total_order": b, "total_order_ci": c, "rank_value": b}
            for a, b, c in zip(found["S1"], found["ST"], found["ST_conf"], strict=True)
        ]
    else:
        sample = morris_sample.sample(problem, MORRIS_TRAJECTORIES, seed=seed)
        found = morris_analyze.analyze(problem, sample, _net(kind, names, sample, load), seed=seed)
        figures = [
            {"mu_star": float(a), "sigma": float(b), "rank_value": float(a)}
            for a, b in zip(found["mu_star"], found["sigma"], strict=True)
        ]
    return [
        {"kind": kind, "parameter": name, "unit": PARAMETERS[name].unit, "method": method, "mean_load_t": load,
         "low": span(kind, name)[0], "high": span(kind, name)[1], **figure}
        for name, figure in zip(names, figures, strict=True)
    ]  # fmt: skip


def _net(kind: str, names: list[str], sample: FloatArray, load: float) -> FloatArray:
    rows = len(sample)
    fixed = {name: np.full(rows, span(kind, name)[0]) for name in PARAMETERS}
    energy = move_energy(fixed | dict(zip(names, sample.T, strict=True)), np.full(rows, load), np.zeros(rows))
    return energy.drawn - energy.regenerated
