"""A table of fixes → tracks in order, cleaned of duplicates, with mass and class filled by what is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, Fixes
from spark_jobs.models.frame import BoolArray, FloatArray, Frame
from spark_jobs.models.road.vehicles import STAGES
from spark_jobs.models.tracks import track_order

STAGE_CODES = tuple(STAGES.codes)
NO_NUMBERS = np.zeros(0)


@dataclass(frozen=True)
class Tracks:
    """Fixes in track order, one an instant. ``row``: place in the input. ``vehicle``: index into ``names``.

    ``same``: every input row is there, in its place. ``twins``: places of input rows at an instant that another row of
    the track already holds. ``typical``: mass is the class's.
    """

    row: npt.NDArray[np.intp]
    same: bool
    twins: npt.NDArray[np.intp]
    vehicle: npt.NDArray[np.int64]
    names: list[str]
    fixes: Fixes
    typical: BoolArray


def ordered(frame: Frame) -> Tracks:
    """Usable rows by track and time; of rows at one instant the first is kept, with the lowest speed among them."""
    codes, names = frame.index("vehicle_id")
    vehicle = codes.astype(np.int64)
    track = vehicle
    if frame.has("trace_id"):
        traces, known = frame.index("trace_id")
        track = vehicle * (len(known) + 1) + traces + 1
    seconds, speed = frame.seconds("time"), _numbers(frame, "speed_kmh") / KMH_PER_M_S
    usable = frame.usable
    row = np.arange(len(track)) if bool(usable.all()) else np.flatnonzero(usable)
    whole = len(row) == len(track)
    order, first = track_order(track if whole else track[row], seconds if whole else seconds[row])
    same = whole and bool(np.all(order[1:] > order[:-1]))
    row = row[order]
    twins, own_speed = row[:0], speed if same else speed[row]
    instant = seconds if same else seconds[row]
    twin = np.zeros(len(row), dtype=np.bool_)
    twin[1:] = (instant[1:] == instant[:-1]) & ~first[1:]
    if bool(twin.any()):
        own_speed = np.minimum.reduceat(own_speed, np.flatnonzero(~twin))
        twins, row, first, same = row[twin], row[~twin], first[~twin], False

    def of(values: npt.NDArray) -> npt.NDArray:
        return values if same else values[row]

    def given(name: str) -> FloatArray:
        return of(_numbers(frame, name)) if frame.has(name) else NO_NUMBERS

    mass, kind, typical = _mass(frame)
    stage = np.zeros(0, dtype=np.int64)
    if frame.has("emission_standard"):
        stage_codes, texts = frame.index("emission_standard")
        stage = of(np.array([STAGE_CODES.index(text) for text in texts] + [-1])[stage_codes])
    latitude, longitude = given("latitude_deg"), given("longitude_deg")
    if not (len(latitude) and len(longitude)):
        latitude = longitude = NO_NUMBERS
    running = of(frame.flag("engine_on", absent=True)) if frame.has("engine_on") else np.ones(len(row), dtype=np.bool_)
    fixes = Fixes(
        of(seconds), own_speed, first, of(mass), of(kind), latitude, longitude, given("altitude_m"), stage, running
    )
    return Tracks(row, same, twins, of(vehicle), names, fixes, of(typical))


def _numbers(frame: Frame, name: str) -> FloatArray:
    """As ``frame.number``, with one copy where nothing is missing."""
    column = frame.table.column(name)
    if column.null_count or column.num_chunks != 1:
        return frame.number(name)
    return np.array(column.chunk(0).to_numpy(zero_copy_only=False), dtype=np.float64)


def _mass(frame: Frame) -> tuple[FloatArray, npt.NDArray[np.int64], BoolArray]:
    """Mass (t) and class index of every row, and where the mass is the class's typical one."""
    rows = len(frame)
    default = p.class_names().index(p.data()["default"])
    kind = np.full(rows, default, dtype=np.int64)
    if not frame.has("mass_t") and not frame.has("mass_class"):
        return np.full(rows, p.class_parameters().typical_t[default]), kind, np.ones(rows, dtype=np.bool_)
    mass = frame.number("mass_t")
    typical = ~np.isfinite(mass)
    if frame.has("mass_class"):
        codes, texts = frame.index("mass_class")
        places = np.array([p.class_names().index(text) for text in texts] + [-1])
        kind = places[codes]
    if not frame.has("mass_class") or bool((kind < 0).any()):
        unknown = kind < 0 if frame.has("mass_class") else ~typical
        by_mass = unknown & ~typical
        kind = np.where(unknown & typical, default, kind)
        kind[by_mass] = p.class_of_mass(mass[by_mass])
    if bool(typical.any()):
        mass = np.where(typical, p.class_parameters().typical_t[kind], mass)
    return mass, kind, typical
