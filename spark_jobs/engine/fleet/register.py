"""The vehicles of a fleet: terminal → key of its plate, mass class, mass by load state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import settings as s
from spark_jobs.models.diesel_regional import parameters as p

KEY_BYTES = 8
KEY_PURPOSE = "vehicle"
COLUMNS = ["terminal_id", "plate", "mass_class", "kerb_t", "payload_t"]


@dataclass(frozen=True)
class Register:
    """Arrays sorted by ``terminal``: ``key`` of each; arrays sorted by ``keys``: class, mass (t) by load code 0…3."""

    terminal: np.ndarray
    key: np.ndarray
    keys: np.ndarray
    kind: np.ndarray
    mass_t: np.ndarray


def sealed(register: pa.Table, secret: bytes, former: pa.Table | None = None) -> pa.Table:
    """The operators' register with ``vehicle_key`` in place of the plate.

    The key is the first 8 bytes of the plate's HMAC-SM3 as registers' feeds make it (docs/decisions/0024), so positions
    meet ``silver.truck`` on the first 16 digits of its ``vehicle_key``. Vehicles of the ``former`` register that are
    gone from the new one are kept, without a terminal of their own: their past positions still need mass and class.

    Raises:
        ValueError: two vehicles share a plate.
    """
    from infra.crypto.sealing import Sealer

    seal = Sealer(0, b"", 1, secret)
    digests = [seal.key_of(plate, KEY_PURPOSE).partition(":")[2] for plate in register["plate"].to_pylist()]
    keys = np.array([int(digest[: 2 * KEY_BYTES], 16) for digest in digests], np.uint64).view(np.int64)
    if len(np.unique(keys)) != len(keys):
        raise ValueError("two vehicles of the register share a plate or a key: correct the register")
    own = register.drop_columns(["plate"]).append_column("vehicle_key", pa.array(keys))
    if former is None:
        return own
    gone = former.filter(pa.compute.invert(pa.compute.is_in(former["vehicle_key"], pa.array(keys))))
    without = pa.array(-1 - np.arange(len(gone)), own.schema.field("terminal_id").type)
    return pa.concat_tables([own, gone.select(own.column_names).set_column(0, "terminal_id", without).cast(own.schema)])


def seal_file(file: Path, target: Path, secret: bytes) -> int:
    """Seal the register in ``file`` into ``target`` in one step, keeping what is there; returns its vehicles.

    Raises:
        ValueError: a column is missing, or two vehicles share a plate; the former register stays.
    """
    register = pq.read_table(file)
    missing = [name for name in COLUMNS if name not in register.column_names]
    if missing:
        raise ValueError(f"{file.name} lacks {', '.join(missing)}: ask the operator for the whole register")
    former = pq.read_table(target) if target.exists() else None
    table = sealed(register.select(COLUMNS), secret, former)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    pq.write_table(table, draft)
    draft.replace(target)
    return int(table.num_rows)


def load(path: str) -> Register:
    """Read a sealed register; raises FileNotFoundError with the mend, ValueError on an unknown mass class."""
    if not Path(path).exists():
        raise FileNotFoundError(
            f"no vehicle register at {path}: put register.parquet into the drop folder of positions"
        )
    return _load(path, Path(path).stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load(path: str, _changed: int) -> Register:
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
