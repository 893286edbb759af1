"""Parameters of the air world, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """``parameters.yaml``."""
    return yaml.safe_load((Path(__file__).parent / "parameters.yaml").read_text(encoding="utf-8"))


def picked(weights: Mapping[str, float], u: float) -> str:
    """A name by its weight, from a uniform."""
    left = u * sum(weights.values())
    for name, weight in weights.items():
        left -= weight
        if left < 0:
            return name
    return name


def apportioned(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that add up to ``total``, by weight (largest remainder)."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    out = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: out[name] - exact[name])
    for name in by_remainder[: total - sum(out.values())]:
        out[name] += 1
    return out
