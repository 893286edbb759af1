"""`lake model truck-trips`: a table of fixes in; a row a trip and a stop, or with ``--points`` a row a fix, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spark_jobs.models.conform import ARROW_TYPES
from spark_jobs.models.frame import BoolArray, Frame, InputError, Options, arrow, choose
from spark_jobs.models.tracks import track_order
from spark_jobs.models.truck_trips import settings as s
from spark_jobs.models.truck_trips.columns import OUTPUTS
from spark_jobs.models.truck_trips.coordinates import told_apart
from spark_jobs.models.truck_trips.nearby import KnownPoints
from spark_jobs.models.truck_trips.rows import segment_rows
from spark_jobs.models.truck_trips.segments import Segments, Track, segments
from spark_jobs.models.truck_trips.states import evidence, jumps, moving_probability

KMH_PER_M_S = 3.6
DUPLICATE, JUMP = "duplicate", "jump"


@dataclass(frozen=True)
class _Ordered:
    """All usable fixes by vehicle and time: ``row`` in the input, ``kept`` or not, and which kept fix speaks for it."""

    row: npt.NDArray[np.intp]
    twin: BoolArray
    jump: BoolArray
    speaker: npt.NDArray[np.intp]
    names: list[str]
    track: Track


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per trip and per stop, or with ``points`` one per fix in the order of the input.

    Raises:
        InputError: ``--coordinates auto`` without known points, or where they do not decide.
    """
    origin = (frame.number("latitude_deg") == 0) & (frame.number("longitude_deg") == 0)
    frame.refuse(origin, "latitude_deg and longitude_deg are both 0: the receiver had no fix")
    ordered = _ordered(frame)
    if not len(ordered.row):
        return _points(frame, ordered, None) if options["points"] else pa.concat_tables(_refused(frame))
    found = segments(ordered.track)
    if options["points"]:
        return _points(frame, ordered, found)
    places, network = _known(options, "places", "place_id"), _known(options, "network", "road_id")
    system = _system(options, ordered.track, places, network)
    return pa.concat_tables(
        [
            segment_rows(frame, options, ordered.names, ordered.track, found, system, places, network),
            *_refused(frame),
        ],
        promote_options="permissive",
    )


def _ordered(frame: Frame) -> _Ordered:
    codes, names = frame.index("vehicle_id")
    usable = np.flatnonzero(frame.usable)
    seconds = frame.seconds("time")
    order, first = track_order(codes[usable], seconds[usable])
    row = usable[order]
    twin = np.zeros(len(row), dtype=np.bool_)
    twin[1:] = (seconds[row][1:] == seconds[row][:-1]) & ~first[1:]
    lat, lon = frame.number("latitude_deg"), frame.number("longitude_deg")
    once = np.flatnonzero(~twin)
    at = row[once]
    jump = np.zeros(len(row), dtype=np.bool_)
    jump[once] = jumps(
        seconds[at], lat[at], lon[at], first[once], s.MAX_SPEED.value / KMH_PER_M_S, int(s.RELOCATION.value)
    )
    kept = ~twin & ~jump
    keep = np.flatnonzero(kept)
    at = row[keep]
    vehicle = codes[at].astype(np.int64)
    begins = np.ones(len(at), dtype=np.bool_)
    begins[1:] = vehicle[1:] != vehicle[:-1]
    engine = np.where(frame.flag("engine_on", absent=True), 1.0, 0.0)[at] if frame.has("engine_on") else None
    if engine is not None:
        engine[np.asarray(frame.table["engine_on"].is_null())[at]] = np.nan
    engine = np.full(len(at), np.nan) if engine is None else engine
    speed = frame.number("speed_kmh")[at] / KMH_PER_M_S
    ratio = evidence(
        seconds[at], lat[at], lon[at], speed, engine, begins, s.WINDOW.value, s.DRIFT.value,
        s.MOVING_SPEED.value / KMH_PER_M_S, s.REST_SPEED.value / KMH_PER_M_S, s.EVIDENCE.value, s.SILENCE.value,
        s.SAME_PLACE.value,
    )  # fmt: skip
    moving = moving_probability(seconds[at], ratio, begins, s.DWELL.value)
    speaker = np.maximum(np.cumsum(kept) - 1, 0)
    ahead = np.minimum(speaker + 1, max(len(at) - 1, 0))
    other = codes[row] != vehicle[speaker] if len(at) else np.zeros(0, dtype=np.bool_)
    speaker = np.where(other, ahead, speaker)
    track = Track(vehicle, seconds[at], lat[at], lon[at], begins, moving, engine)
    return _Ordered(row, twin, jump, speaker, names, track)


def _known(options: Options, name: str, label: str) -> KnownPoints | None:
    if options[name] is None:
        return None
    points = options.frame(name)
    good = np.flatnonzero(points.usable)
    if not len(good):
        raise InputError(f"--{name}: no row of it can be used; {points.reasons[0] if len(points) else 'it is empty'}")
    kinds = points.text("kind")[good] if name == "places" else None
    return KnownPoints(
        points.number("latitude_deg")[good], points.number("longitude_deg")[good], points.text(label)[good], kinds
    )


def _system(options: Options, track: Track, places: KnownPoints | None, network: KnownPoints | None) -> str:
    """The system asked for, or the one told from known points: roads by moving fixes, places by stopped ones."""
    asked: str = options["coordinates"]
    if asked != "auto":
        return asked
    known = network or places
    if known is None:
        raise InputError("--coordinates auto needs --network or --places, for a track alone cannot tell; or say it")
    use = track.moving > 0.5 if network else track.moving <= 0.5
    system, medians = told_apart(
        track.latitude[use], track.longitude[use], known.distance_m, s.TELL_CLEAR.value, s.TELL_NEAR.value
    )
    if system is None:
        seen = ", ".join(f"{name} {metres:.0f} m" for name, metres in medians.items()) or "no such fix"
        raise InputError(f"--coordinates auto cannot tell: median distance to known points is {seen}; say which it is")
    return system


def _points(frame: Frame, ordered: _Ordered, found: Segments | None) -> pa.Table:
    rows, row, track = len(frame), ordered.row, ordered.track
    state, cleaned = np.full(rows, None, dtype=object), np.full(rows, None, dtype=object)
    probability, sequence = np.full(rows, np.nan), np.full(rows, np.nan)
    if found is not None:
        moving = track.moving[ordered.speaker]
        state[row] = choose(moving > 0.5, "moving", "stopped")
        probability[row] = np.maximum(moving, 1.0 - moving)
        segment = np.searchsorted(found.begin, np.arange(len(track.seconds)), side="right") - 1
        earlier = np.maximum(segment - 1, 0)
        shared = (found.end[earlier] == np.arange(len(track.seconds))) & (segment > 0) & found.stop[earlier]
        segment = np.where(shared & (found.begin[segment] == np.arange(len(track.seconds))), earlier, segment)
        starts = np.searchsorted(found.vehicle, found.vehicle[segment])
        sequence[row] = (segment - starts + 1)[ordered.speaker]
        cleaned[row[ordered.twin]] = DUPLICATE
        cleaned[row[ordered.jump]] = JUMP
    return arrow(
        {
            "vehicle_id": frame.table["vehicle_id"], "time": frame.table["time"], "state": state,
            "probability": probability, "sequence": pa.array(sequence, pa.int64(), from_pandas=True),
            "cleaned": cleaned, "reason": frame.reasons,
        }
    )  # fmt: skip


def _refused(frame: Frame) -> list[pa.Table]:
    """One row per vehicle and reason for fixes that could not be used, so that none is lost."""
    rows = np.flatnonzero(~frame.usable)
    if not len(rows):
        return []
    names, reasons = frame.text("vehicle_id"), frame.reasons
    counts: dict[tuple[str | None, str], int] = {}
    for row in rows.tolist():
        key = (names[row], reasons[row])
        counts[key] = counts.get(key, 0) + 1
    table = {c.name: pa.nulls(len(counts), ARROW_TYPES[c.kind]) for c in OUTPUTS}
    table["vehicle_id"] = pa.array([vehicle for vehicle, _ in counts], pa.string())
    table["reason"] = pa.array([reason for _, reason in counts], pa.string())
    table["positions"] = pa.array(list(counts.values()), pa.int64())
    return [pa.table(table)]
