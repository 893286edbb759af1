"""Aircraft types as the models know them: columns by type, in the order of ``aviation_aircraft_types``."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation.feat import feat_types
from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import BoolArray, FloatArray

_ALIASES = {
    "A300-600": "A306", "A310-300": "A310", "A319neo": "A19N", "A320neo": "A20N", "A321neo": "A21N",
    "A330-200": "A332", "A330-300": "A333", "A330-900neo": "A339",
    "A313": "A310", "A340-300": "A343", "A350-900": "A359",
    "A350-1000": "A35K", "A380-800": "A388", "A220-100": "BCS1", "A220-300": "BCS3", "B737-700": "B737",
    "B737-800": "B738", "B737-900": "B739", "B737 MAX 8": "B38M", "B737-8": "B38M", "B737 MAX 9": "B39M",
    "B747-400": "B744", "B747-8": "B748", "B757-200": "B752", "B767-300": "B763", "B777-200": "B772",
    "B777-300": "B773", "B777-300ER": "B77W", "B777F": "B77L", "B787-8": "B788", "B787-9": "B789",
    "B787-10": "B78X", "ARJ21": "AJ27", "ARJ21-700": "AJ27", "C909": "AJ27", "CRJ200": "CRJ2", "CRJ700": "CRJ7",
    "CRJ900": "CRJ9", "ERJ145": "E145", "E175": "E75L", "Q400": "DH8D", "ATR72": "AT72", "ATR72-600": "AT76",
}  # fmt: skip


@cache
def rows() -> list[dict]:
    """The table's rows."""
    return library().table("aviation_aircraft_types").to_pylist()


@cache
def designators() -> tuple[str, ...]:
    """ICAO designators, in order."""
    return tuple(row["type"] for row in rows())


@cache
def code_list() -> CodeList:
    """Designators with their names, for the command line and for reasons."""
    return CodeList("aircraft type", {row["type"]: row["name"] for row in rows()}, _ALIASES)


def positions(names: list[str]) -> npt.NDArray[np.int32]:
    """Positions of designators."""
    order = {name: position for position, name in enumerate(designators())}
    return np.array([order[name] for name in names], dtype=np.int32)


def numbers(column: str) -> FloatArray:
    """A numeric column by type."""
    return np.array([row[column] for row in rows()], dtype=np.float64)


@cache
def feat_index() -> npt.NDArray[np.int32]:
    """Position in ``feat_types`` of what stands for each type."""
    order = {name: position for position, name in enumerate(feat_types())}
    return np.array([order[row["feat_type"]] for row in rows()], dtype=np.int32)


@cache
def performance_index() -> npt.NDArray[np.int32]:
    """Position in ``performance.airframe_types`` of what stands for each type, −1 where nothing does."""
    order = {name: position for position, name in enumerate(perf.airframe_types())}
    return np.array([order.get(row["performance_type"], -1) for row in rows()], dtype=np.int32)


@cache
def has_own(column: str) -> BoolArray:
    """True where ``feat_type`` or ``performance_type`` of a type is itself."""
    own = {"A310": "A313"} if column == "performance_type" else {}
    return np.array([row[column] == own.get(row["type"], row["type"]) for row in rows()], dtype=np.bool_)


@cache
def same_relative() -> BoolArray:
    """True where one and the same other type stands in for both."""
    return np.array([row["feat_type"] == row["performance_type"] != row["type"] for row in rows()], dtype=np.bool_)


@cache
def is_piston() -> BoolArray:
    """True for types that burn aviation gasoline."""
    return np.array([row["kind"] == "piston" for row in rows()], dtype=np.bool_)


@cache
def is_wide() -> BoolArray:
    """True for types with two aisles."""
    return np.array([row["apu"] in ("wide_body", "jumbo") for row in rows()], dtype=np.bool_)


@cache
def usual_payload_kg() -> FloatArray:
    """Payload at the usual load factor: passengers with baggage, and belly freight of wide bodies."""
    passengers = numbers("seats") * s.LOAD_FACTOR.value * library().value("AV_PAXMASS", "kg/passenger incl. baggage")
    index = performance_index()
    largest = np.where(index >= 0, perf.airframes().max_payload_kg[index], np.nan)
    return passengers + np.where(is_wide(), s.BELLY_SHARE.value * np.nan_to_num(largest), 0.0)


@cache
def apu_kg_per_h() -> FloatArray:
    """Flow of the auxiliary power unit, zero where a type has none."""
    lib = library()
    known = {n: lib.value(f"AV_APU_{n}", "kg/h") for n in ("narrow_body", "wide_body", "jumbo", "regional")}
    return np.array([known.get(row["apu"], 0.0) for row in rows()])
