"""Counter-based random numbers: a draw is a hash of its key, so no answer depends on what was asked before."""

from __future__ import annotations

import math
import struct
from hashlib import blake2b

import numpy as np

_TO_UNIT = 1.0 / 2**64
_EIGHT = struct.Struct("<8Q")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def draws(*key: object) -> tuple[float, ...]:
    """Eight independent uniforms in [0, 1) for this key."""
    digest = blake2b("\x1f".join(map(str, key)).encode(), digest_size=64).digest()
    a, b, c, d, e, f, g, h = _EIGHT.unpack(digest)
    k = _TO_UNIT
    return (a * k, b * k, c * k, d * k, e * k, f * k, g * k, h * k)


def normals(*key: object) -> tuple[float, ...]:
    """Four independent standard normals for this key, each clipped to ±3."""
    u = draws(*key)
    out = []
    for i in range(0, 8, 2):
        z = math.sqrt(-2.0 * math.log(1.0 - u[i])) * math.cos(2.0 * math.pi * u[i + 1])
        out.append(max(-3.0, min(3.0, z)))
    return tuple(out)


def code64(*key: object) -> int:
    """A 64-bit number for this key: the base of vectorised draws, or an identifier."""
    return int.from_bytes(blake2b("\x1f".join(map(str, key)).encode(), digest_size=8).digest(), "little")


def hex_id(*key: object, size: int = 8) -> str:
    """Hexadecimal identifier of 2 × size characters for this key."""
    return blake2b("\x1f".join(map(str, key)).encode(), digest_size=size).hexdigest().upper()


def log_uniform(u: float, low: float, high: float) -> float:
    """Value between low and high, uniform in its logarithm."""
    return low * (high / low) ** u


def uniform_array(base: np.ndarray, counter: np.ndarray | np.uint64 | int) -> np.ndarray:
    """Uniforms in [0, 1) for keys (base, counter), broadcast; base is uint64 (splitmix64)."""
    with np.errstate(over="ignore"):
        z = base + (np.asarray(counter, dtype=np.uint64) + np.uint64(1)) * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * (1.0 / 2**53)


def normal_array(base: np.ndarray, counter: np.ndarray | int) -> np.ndarray:
    """Standard normals clipped to ±3 for keys (base, counter)."""
    first = uniform_array(base, np.asarray(counter, dtype=np.uint64) * np.uint64(2))
    second = uniform_array(base, np.asarray(counter, dtype=np.uint64) * np.uint64(2) + np.uint64(1))
    return np.clip(np.sqrt(-2.0 * np.log(1.0 - first)) * np.cos(2.0 * np.pi * second), -3.0, 3.0)
