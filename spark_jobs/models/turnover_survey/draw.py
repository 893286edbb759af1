"""Simple random sampling without replacement in each stratum, from a seed."""

from __future__ import annotations

import hashlib

import numpy as np


def draw(stratum: str, ship_ids: list[str], count: int, seed: int) -> list[str]:
    """``count`` ids of a stratum; the same whatever the order of the frame.

    Raises:
        ValueError: more are asked for than there are.
    """
    if count > len(ship_ids):
        raise ValueError(f"stratum {stratum!r}: {count} ships asked for, the frame has {len(ship_ids)}")
    key = int.from_bytes(hashlib.sha256(stratum.encode()).digest()[:8], "big")
    rng = np.random.default_rng([seed, key])
    ordered = sorted(ship_ids)
    return sorted(ordered[place] for place in rng.permutation(len(ordered))[:count])
