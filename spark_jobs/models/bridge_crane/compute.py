"""`lake model bridge-crane`: electricity of moves, shifts or cranes, or the parameters that matter most."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.models.bridge_crane.parameters import GENSET, PARAMETERS, SD_MODEL, SHIFT_HOURS, value
from spark_jobs.models.bridge_crane.physics import move_energy
from spark_jobs.models.bridge_crane.sensitivity import sensitivity
from spark_jobs.models.emission import UNDATED, emissions
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, InputError, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95

KG_PER_TONNE, KWH_PER_MWH = 1000.0, 1000.0
SUMS = (
    "electricity_hoist_kwh", "electricity_trolley_kwh", "electricity_gantry_kwh", "electricity_boom_kwh",
    "electricity_auxiliary_kwh", "regenerated_kwh", "electricity_kwh", "diesel_kg", "co2_kg", "hours",
)  # fmt: skip


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per move, or per crane and shift, or per crane (``by``); or one per parameter (``sensitivity``)."""
    if options["sensitivity"]:
        return sensitivity(frame, options["sensitivity"], options["seed"])
    moves = _moves(frame, options)
    return moves if options["by"] == "move" else _summed(frame, moves, options)


def _parameters(frame: Frame, options: Options) -> dict[str, FloatArray]:
    """Parameters of each move: its own path, else the crane's, else the kind's."""
    kinds = frame.text("kind")
    out = {
        name: np.array([value(kind, name) if kind else np.nan for kind in kinds], dtype=np.float64)
        for name in PARAMETERS
    }
    if options["cranes"] is not None:
        cranes = options.frame("cranes")
        ids = {crane: row for row, crane in enumerate(cranes.text("crane_id"))}
        if len(ids) < len(cranes):
            raise InputError("--cranes: a crane_id stands twice; keep one row a crane")
        place = np.array([ids.get(crane, -1) for crane in frame.text("crane_id")])
        for name in PARAMETERS:
            own = np.append(cranes.number(name), np.nan)[place]
            out[name] = np.where(np.isfinite(own), own, out[name])
    for name in ("hoist_m", "trolley_m", "gantry_m"):
        own = frame.number(name)
        out[name] = np.where(np.isfinite(own), own, out[name])
    return out


def _moves(frame: Frame, options: Options) -> pa.Table:
    parameters = _parameters(frame, options)
    count = _or(frame.number("moves"), 1.0)
    boom = _or(frame.number("boom_cycles"), 0.0)
    frame.refuse((boom > 0) & (frame.text("kind") != "quay"), "boom_cycles: only quay cranes have a boom")
    energy = move_energy(parameters, frame.number("mass_t"), boom / np.maximum(count, 1e-9))
    usable = np.where(frame.usable, 1.0, np.nan) * count
    drawn, back = energy.drawn * usable, energy.regenerated * usable
    net = drawn - back
    diesel = frame.text("power_source") == "diesel"
    diesel_kg = np.where(diesel, net * GENSET.value, 0.0 * net)
    co2, sd, ids = _co2(frame, np.where(diesel, 0.0 * net, net), diesel_kg, options)
    low, high = lognormal_95(co2, combined(SD_MODEL.value, sd))
    teu = frame.number("teu")
    return arrow(
        {
            "move_id": frame.text("move_id"), "crane_id": frame.text("crane_id"), "kind": frame.text("kind"),
            "electricity_kwh": net, "electricity_hoist_kwh": energy.hoist * usable,
            "electricity_trolley_kwh": energy.trolley * usable, "electricity_gantry_kwh": energy.gantry * usable,
            "electricity_boom_kwh": energy.boom * usable, "electricity_auxiliary_kwh": energy.auxiliary * usable,
            "regenerated_kwh": back, "electricity_kwh_per_move": net / np.where(count > 0, count, np.nan),
            "electricity_kwh_per_teu": net / np.where(teu > 0, teu, np.nan), "diesel_kg": diesel_kg,
            "hours": energy.cycle_s * usable / 3600.0, "co2_kg": co2, "co2_low_95_kg": low, "co2_high_95_kg": high,
            "tier": choose(frame.usable, "2 mechanics, parameters unverified"), "factor_ids": ids,
            "reason": frame.reasons,
        }
    )  # fmt: skip


def _or(values: FloatArray, absent: float) -> FloatArray:
    return np.where(np.isfinite(values), values, absent)


def _co2(
    frame: Frame, grid_kwh: FloatArray, diesel_kg: FloatArray, options: Options
) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """CO2 by the factors of the day of the move; rows without a time by those of ``UNDATED``."""
    days = _days(frame, options)
    co2, sd = np.full(len(frame), np.nan), np.zeros(len(frame))
    ids = np.full(len(frame), None, dtype=object)
    for day in np.unique(days):
        rows = days == day
        carriers = {"electricity": (grid_kwh / KWH_PER_MWH, "MWh"), "diesel": (diesel_kg / KG_PER_TONNE, "t")}
        parts = [
            emissions({energy: quantity[rows]}, "cn_guideline", unit, date=str(day), series=options["series"])
            for energy, (quantity, unit) in carriers.items()
        ]
        co2[rows] = sum(part.co2_kg for part in parts)
        share = [np.nan_to_num(part.co2_kg * part.factor_sd) for part in parts]
        total = np.nan_to_num(co2[rows])
        sd[rows] = np.divide(np.hypot(*share), total, out=np.zeros(len(total)), where=total > 0)
        ids[rows] = [
            " ".join(filter(None, pair)) or None for pair in zip(*(part.factor_ids for part in parts), strict=True)
        ]
    return co2, sd, ids


def _local(frame: Frame, options: Options) -> tuple[np.ndarray, BoolArray]:
    """Local wall-clock time as numpy datetime64[s], and whether there is one."""
    time = frame.table["time"]
    wall = pc.local_timestamp(pc.cast(time, pa.timestamp("us", tz=options.tz)))
    known = np.asarray(pc.is_valid(time), dtype=np.bool_)
    return np.asarray(pc.fill_null(wall, 0).to_numpy(), dtype="datetime64[s]"), known


def _days(frame: Frame, options: Options) -> np.ndarray:
    wall, known = _local(frame, options)
    return np.where(known, wall.astype("datetime64[D]").astype(str), UNDATED)


def _shifts(frame: Frame, options: Options) -> np.ndarray:
    """``2026-10-31 shift 2`` by local time."""
    wall, known = _local(frame, options)
    hour = (wall - wall.astype("datetime64[D]")).astype(np.int64) / 3600
    number = (hour // SHIFT_HOURS.value + 1).astype(int)
    days = wall.astype("datetime64[D]").astype(str)
    text = np.array([f"{day} shift {n}" for day, n in zip(days, number, strict=True)], dtype=object)
    return choose(known, text, "no time")


def _summed(frame: Frame, moves: pa.Table, options: Options) -> pa.Table:
    shifts = _shifts(frame, options) if options["by"] == "shift" else np.full(len(frame), None, dtype=object)
    usable = frame.usable
    count = _or(frame.number("moves"), 1.0)
    teu = np.nan_to_num(frame.number("teu"))
    keys = list(zip(frame.text("crane_id"), frame.text("kind"), shifts, frame.reasons, strict=True))
    groups = {key: n for n, key in enumerate(sorted(set(keys), key=lambda key: tuple(text or "" for text in key)))}
    place = np.array([groups[key] for key in keys], dtype=np.int64)

    def total(values: FloatArray) -> FloatArray:
        return np.bincount(place, weights=np.nan_to_num(values), minlength=len(groups)).astype(np.float64)

    known = total(usable.astype(np.float64)) > 0
    sums = {name: np.where(known, total(np.asarray(moves[name].to_numpy())), np.nan) for name in SUMS}
    number, boxes = total(count), total(np.where(usable, teu, 0.0))
    low, high = lognormal_95(sums["co2_kg"], SD_MODEL.value)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_move, per_teu = (
            sums["electricity_kwh"] / number,
            sums["electricity_kwh"] / np.where(boxes > 0, boxes, np.nan),
        )
    labels = list(groups)
    used: list[set[str]] = [set() for _ in labels]
    for ids, group in zip(moves["factor_ids"].to_pylist(), place.tolist(), strict=True):
        used[group] |= {ids} if ids else set()
    return arrow(
        {
            "crane_id": np.array([key[0] for key in labels], dtype=object),
            "kind": np.array([key[1] for key in labels], dtype=object),
            "shift": np.array([key[2] for key in labels], dtype=object), "moves": number, **sums,
            "electricity_kwh_per_move": per_move, "electricity_kwh_per_teu": per_teu, "co2_low_95_kg": low,
            "co2_high_95_kg": high, "tier": choose(known, "2 mechanics, parameters unverified"),
            "factor_ids": np.array([" ".join(sorted(texts)) or None for texts in used], dtype=object),
            "reason": np.array([key[3] for key in labels], dtype=object),
        }
    )  # fmt: skip
