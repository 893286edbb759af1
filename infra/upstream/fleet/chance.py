"""Random numbers inside compiled loops: one 64-bit state a vehicle, so a truck's day depends on nothing else."""

from __future__ import annotations

import math

import numba
import numpy as np


@numba.njit(cache=True, inline="always")
def uniform(state: np.ndarray) -> float:
    """In [0, 1), by xorshift64."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return (x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def between(state: np.ndarray, low: float, high: float) -> float:
    """Uniform between two numbers."""
    return low + (high - low) * uniform(state)


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def normal(state: np.ndarray) -> float:
    """Nearly standard normal: four uniforms, at most ±3.46."""
    return (uniform(state) + uniform(state) + uniform(state) + uniform(state) - 2.0) * math.sqrt(3.0)


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def seeded(seed: int, index: int, state: np.ndarray) -> None:
    """Set the state from the world's seed and the vehicle's number (splitmix64)."""
    x = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(index + 1) * np.uint64(0xD1B54A32D192ED03)
    for _ in range(3):
        x ^= x >> np.uint64(30)
        x *= np.uint64(0xBF58476D1CE4E5B9)
        x ^= x >> np.uint64(27)
        x *= np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    state[0] = x | np.uint64(1)
