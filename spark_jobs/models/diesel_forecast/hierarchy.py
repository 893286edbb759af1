"""Point, road, city: forecasts that add up (trace-minimising reconciliation with forecast variances)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spark_jobs.models.frame import FloatArray


class HierarchyError(ValueError):
    """The parents do not form a tree; names the series."""


def summing_matrix(names: Sequence[str], parents: Mapping[str, str]) -> FloatArray:
    """Shape (series, leaves): 1 where a leaf is part of a series.

    Raises:
        HierarchyError: a parent that is no series, or a circle.
    """
    leaves = [name for name in names if name not in set(parents.values())]
    position = {name: row for row, name in enumerate(names)}
    out = np.zeros((len(names), len(leaves)))
    for column, leaf in enumerate(leaves):
        node, seen = leaf, set[str]()
        while True:
            if node in seen:
                raise HierarchyError(f"parent_id: {node!r} is its own ancestor")
            seen.add(node)
            out[position[node], column] = 1.0
            if node not in parents:
                break
            node = parents[node]
            if node not in position:
                raise HierarchyError(
                    f"parent_id: {node!r} is no usable series; give its rows, or leave parent_id empty"
                )
    return out


def reconcile(summing: FloatArray, means: FloatArray, variances: FloatArray) -> FloatArray:
    """``S (Sᵀ W⁻¹ S)⁻¹ Sᵀ W⁻¹ ŷ`` a step, W the forecast variances: uncertain series move most.

    Wickramasuriya, Athanasopoulos and Hyndman 2019, J. Am. Stat. Assoc. 114, with diagonal W.

    Args:
        summing: (series, leaves). ``means``, ``variances``: (series, horizon), in the unit of the series.
    """
    floor = np.maximum(variances, 1e-12 * np.square(means).max() + 1e-300)
    out = np.empty_like(means)
    for step in range(means.shape[1]):
        weighted = summing / floor[:, step, None]
        out[:, step] = summing @ np.linalg.solve(summing.T @ weighted, weighted.T @ means[:, step])
    return out
