"""Thinned tracks of a day: a fix every so many minutes of each ship, its first and its last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numba
import numpy as np
import pyarrow as pa

from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.ais.merge import read
from spark_jobs.engine.ais.received import PER_DEGREE
from spark_jobs.engine.fleet.fields import OFFSET_S
from spark_jobs.models.shipping import settings as model

DAY_S, MICRO, TENTHS = 86400, 1_000_000, 10.0
DDL = "mmsi BIGINT, positioned_at TIMESTAMP, latitude_deg DOUBLE, longitude_deg DOUBLE, speed_kn DOUBLE, nav_status INT"


@numba.njit(cache=True, nogil=True)
def kept(
    mmsi: np.ndarray, second: np.ndarray, speed: np.ndarray, state: np.ndarray, slow: float, moving_s: float,
    still_s: float,
) -> np.ndarray:  # fmt: skip
    """Which rows stay; rows in order of ship and time, ``speed`` and ``slow`` in tenths of a knot."""
    out, last = np.zeros(len(mmsi), np.bool_), -1
    newest = -1
    for i in range(len(mmsi)):
        if state[i] != 0:
            continue
        if last < 0 or mmsi[i] != mmsi[last]:
            if newest >= 0:
                out[newest] = True
            out[i], last = True, i
        else:
            step = moving_s if slow < speed[i] < 1022 or slow < speed[last] < 1022 else still_s
            if second[i] - second[last] >= step:
                out[i], last = True, i
        newest = i
    if newest >= 0:
        out[newest] = True
    return out


def tracks(files: Sequence[str], day: int) -> Iterator[pa.RecordBatch]:
    """Points of silver files of local day ``day`` (days since 1970), as ``DDL``."""
    slow = model.PHASE_DRIFT.value * TENTHS
    for path in files:
        columns = read(path)
        at = kept(
            columns["mmsi"], columns["second"], columns["speed"], columns["state"], slow, s.TRACK_MOVING.value,
            s.TRACK_STILL.value,
        )  # fmt: skip
        own = {name: values[at] for name, values in columns.items()}
        time = (own["second"].astype(np.int64) + day * DAY_S - OFFSET_S) * MICRO
        known = own["speed"] < s.NO_SPEED.value
        yield pa.RecordBatch.from_pydict({
            "mmsi": pa.array(own["mmsi"].astype(np.int64)),
            "positioned_at": pa.array(time).cast(pa.timestamp("us", "Asia/Shanghai")),
            "latitude_deg": own["latitude"] / PER_DEGREE, "longitude_deg": own["longitude"] / PER_DEGREE,
            "speed_kn": pa.array(own["speed"] / TENTHS, mask=~known), "nav_status": own["status"],
        })  # fmt: skip
