"""The vehicles of a fleet: terminal → key of its plate, mass class, mass by load state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import settings as s
from spark_jobs.models.diesel_regional import parameters as p

KEY_BYTES = 8


@dataclass(frozen=True)
class Register:
    """Arrays sorted by ``terminal``: ``key`` of each; arrays sorted by ``keys``: class, mass (t) by load code 0…3."""

    terminal: np.ndarray
    key: np.ndarray
    keys: np.ndarray
    kind: np.ndarray
    mass_t: np.ndarray


def sealed(register: pa.Table, secret: bytes) -> pa.Table:
    """The operators' register with ``vehicle_key`` (first 8 bytes of the plate's HMAC-SM3) in place of the plate."""
    from infra.crypto.provider import hmac_sm3_hex

    digests = [hmac_sm3_hex(secret, plate.encode())[: 2 * KEY_BYTES] for plate in register["plate"].to_pylist()]
    keys = np.array([int(digest, 16) for digest in digests], np.uint64).view(np.int64)
    if len(np.unique(keys)) != len(keys):
        raise ValueError("two vehicles of the register share a plate or a key: correct the register")
    return register.drop_columns(["plate"]).append_column("vehicle_key", pa.array(keys))


@lru_cache(maxsize=2)
def load(path: str) -> Register:
    """Read a sealed register; raises FileNotFoundError with the mend, ValueError on an unknown mass class."""
    if not Path(path).exists():
        raise FileNotFoundError(f"no vehicle register at {path}: run `lake fleet register` first")
    table = pq.read_table(path)
    names = p.class_names()
    classes = table["mass_class"].to_pylist()
    unknown = sorted(set(classes) - set(names))
    if unknown:
        raise ValueError(f"{path}: mass class {', '.join(unknown)} is unknown; known: {', '.join(names)}")
    terminal, key = table["terminal_id"].to_numpy(), table["vehicle_key"].to_numpy()
    kerb, payload = table["kerb_t"].to_numpy(), table["payload_t"].to_numpy()
    shares = (0.0, s.HALF_LOAD.value, s.HALF_LOAD.value, s.FULL_LOAD.value)
    mass = np.column_stack([kerb + payload * share for share in shares])
    by_terminal, by_key = np.argsort(terminal), np.argsort(key)
    kind = np.array([names.index(name) for name in classes])
    return Register(terminal[by_terminal], key[by_terminal], key[by_key], kind[by_key], mass[by_key])
