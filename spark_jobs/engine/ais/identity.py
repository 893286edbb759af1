"""Who a ship is and what is known of it, on one day: by a register, else by what it says of itself, else unknown."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from spark_jobs.engine.ais import settings as s
from spark_jobs.models import conform
from spark_jobs.models.frame import DEFAULT_TZ, REASON, Column, Frame
from spark_jobs.models.shipping import fused
from spark_jobs.models.shipping.columns import SHIPS
from spark_jobs.models.shipping.particulars import particulars, refuse_incomplete

DAY_S = 86400
BY_MMSI, BY_IMO, BY_AIS, UNKNOWN = "register_mmsi", "register_imo", "ais_static", "unknown"
PARTICULARS = tuple(c.name for c in SHIPS if c.name not in ("ship_id", "shore_power"))


@dataclass(frozen=True)
class ShipDay:
    """Ships by ascending ``mmsi``, then one entry more that stands for ships of which nothing is known.

    ``said``: (n, 2) second of the day and draught (m), of ship i from ``said_begin[i]``; ``shore``: (n, 2) seconds of
    the day between which it took shore power.
    """

    mmsi: np.ndarray
    one: np.ndarray
    auxiliary_kw: np.ndarray
    auxiliary_t_h: np.ndarray
    boiler_t_h: np.ndarray
    said: np.ndarray
    said_begin: np.ndarray
    shore: np.ndarray
    shore_begin: np.ndarray


def known_ships(
    statics: pa.Table, registers: Sequence[pa.Table], by_mmsi: pa.Table | None, ship_types: pa.Table
) -> pa.Table:
    """One row an identity: what it says (newest value of each field), what a register has, rung, reason of no fuel.

    Args:
        statics: rows of the day and its neighbours as ``statics.TOLD``. registers: tables with ``ship_id`` (IMO number
            as text) and some of ``PARTICULARS``, in order of trust; by_mmsi: one with ``mmsi`` too. ship_types: first,
            last, least_length_m, ship_type by AIS ship type.
    """
    with duckdb.connect() as db:
        db.register("told", statics)
        db.register("kinds", ship_types)
        db.execute("CREATE TABLE named AS " + _NAMED.format(share=_ais_share()))
        db.execute(f"CREATE TABLE registered (rank INT, mmsi BIGINT, ship_id VARCHAR, {_typed_columns()})")
        for rank, table in enumerate([t for t in (by_mmsi, *registers) if t is not None]):
            db.register("source", table)
            columns = ", ".join(_taken(name, table) for name in PARTICULARS)
            mmsi = "CAST(mmsi AS BIGINT)" if "mmsi" in table.column_names else "NULL"
            db.execute(f"INSERT INTO registered SELECT {rank}, {mmsi}, CAST(ship_id AS VARCHAR), {columns} FROM source")
            db.unregister("source")
        taken = db.execute(_CHOSEN.format(own=", ".join(_chosen(name) for name in PARTICULARS))).to_arrow_table()
    return _judged(taken)


def _ais_share() -> float:
    """Tonnes of deadweight per m² of length × beam per m of beam."""
    return s.FILLED.value * s.CARRIES.value * s.SEAWATER.value * s.DRAUGHT_OF_BEAM.value


def _typed_columns() -> str:
    return ", ".join(f"{c.name} {'DOUBLE' if c.kind in ('number', 'integer') else 'VARCHAR'}" for c in _columns())


def _columns() -> list[Column]:
    return [column for column in SHIPS if column.name in PARTICULARS]


def _taken(name: str, table: pa.Table) -> str:
    return f'"{name}"' if name in table.column_names else "NULL"


def _chosen(name: str) -> str:
    said = {"ship_type": "n.said_type", "deadweight_t": "n.said_deadweight_t", "design_draught_m": "n.deepest_m"}
    return f"CASE WHEN r.ship_id IS NOT NULL THEN r.{name} ELSE {said.get(name, 'NULL')} END AS {name}"


# The newest value of each field; two IMO numbers under one MMSI contradict each other, and neither is believed.
_NAMED = """
  WITH newest AS (
    SELECT mmsi,
      CASE WHEN COUNT(DISTINCT imo) <= 1 THEN MAX(imo) END AS imo, COUNT(DISTINCT imo) > 1 AS contradicted,
      ARG_MAX(ship_name, (last_second, ship_name)) FILTER (ship_name IS NOT NULL) AS ship_name,
      ARG_MAX(call_sign, (last_second, call_sign)) FILTER (call_sign IS NOT NULL) AS call_sign,
      ARG_MAX(ship_type, (last_second, ship_type)) FILTER (ship_type IS NOT NULL) AS ais_type,
      ARG_MAX(length_m, (last_second, length_m)) FILTER (length_m IS NOT NULL) AS length_m,
      ARG_MAX(beam_m, (last_second, beam_m)) FILTER (beam_m IS NOT NULL) AS beam_m,
      MAX(draught_m) AS deepest_m
    FROM told GROUP BY mmsi)
  SELECT newest.*, kinds.ship_type AS said_type, {share} * length_m * beam_m * beam_m AS said_deadweight_t
  FROM newest LEFT JOIN kinds
    ON ais_type BETWEEN kinds.first AND kinds.last AND COALESCE(length_m, 0) >= kinds.least_length_m
  QUALIFY ROW_NUMBER() OVER (PARTITION BY mmsi ORDER BY kinds.least_length_m DESC NULLS LAST) = 1"""
_CHOSEN = """
  SELECT COALESCE(n.mmsi, r.mmsi) AS mmsi, n.imo, n.ship_name, n.call_sign, n.ais_type, n.length_m, n.beam_m,
    n.deepest_m, COALESCE(n.contradicted, FALSE) AS contradicted, r.ship_id,
    CASE WHEN r.ship_id IS NULL THEN 'ais_static' WHEN r.mmsi IS NOT NULL THEN 'register_mmsi' ELSE 'register_imo' END
      AS rung, {own}
  FROM named n FULL JOIN (
    SELECT * FROM registered
    WHERE mmsi IS NOT NULL OR TRY_CAST(ship_id AS BIGINT) IN (SELECT imo FROM named)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(mmsi, -TRY_CAST(ship_id AS BIGINT)) ORDER BY rank) = 1
  ) r ON r.mmsi = n.mmsi OR (r.mmsi IS NULL AND TRY_CAST(r.ship_id AS BIGINT) = n.imo)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(n.mmsi, r.mmsi) ORDER BY r.rank NULLS LAST) = 1
  ORDER BY 1"""


def _judged(ships: pa.Table) -> pa.Table:
    """With the reason why the model cannot reckon a ship, and rung ``unknown`` there."""
    typed = conform.conform(ships.append_column("ship", ships["mmsi"]), [_id(), *_columns()], DEFAULT_TZ)
    frame = Frame(typed)
    refuse_incomplete(frame, particulars(frame))
    reasons = pa.array(frame.reasons.tolist(), pa.string())
    rung = [UNKNOWN if r else x for r, x in zip(reasons.to_pylist(), ships["rung"].to_pylist(), strict=True)]
    out = ships.set_column(ships.column_names.index("rung"), "rung", pa.array(rung, pa.string()))
    out = out.set_column(out.column_names.index("ship_type"), "ship_type", typed["ship_type"])  # by the model's names
    return out.append_column(REASON, reasons)


def _id() -> Column:
    return replace(next(c for c in SHIPS if c.name == "ship_id"), name="ship", needed=False)


def ship_day(ships: pa.Table, statics: pa.Table, calls: Mapping[str, Sequence[tuple[int, int]]], day: int) -> ShipDay:
    """The kernel's arrays of a local day (days since 1970).

    Args:
        ships: of ``known_ships``. calls: seconds (local, since 1970) of shore power by register's ship id.
    """
    frame = Frame(conform.conform(ships.append_column("ship", ships["mmsi"]), [_id(), *_columns()], DEFAULT_TZ))
    own = particulars(frame)
    refuse_incomplete(frame, own)
    rates = fused.ships(own, frame.number("design_draught_m"), frame.usable)
    mmsi = ships["mmsi"].to_numpy().astype(np.int64)
    said, said_begin = _said(mmsi, statics, day)
    shore = [
        [(begin - day * DAY_S, end - day * DAY_S) for begin, end in calls.get(ship_id or "", ())]
        for ship_id in ships["ship_id"].to_pylist()
    ]
    begin = np.cumsum([0, *(len(own_calls) for own_calls in shore), 0])
    flat = np.array([call for own_calls in shore for call in own_calls], np.float64).reshape(-1, 2)
    of_ships = {f.name: _one_more(np.nan_to_num(getattr(rates, f.name))) for f in fields(rates)}
    return ShipDay(mmsi=mmsi, said=said, said_begin=said_begin, shore=flat, shore_begin=begin, **of_ships)


def _one_more(values: np.ndarray) -> np.ndarray:
    return np.concatenate([values, np.zeros((1, values.shape[1]))])


def _said(mmsi: np.ndarray, statics: pa.Table, day: int) -> tuple[np.ndarray, np.ndarray]:
    with duckdb.connect() as db:
        db.register("told", statics)
        rows = db.execute(
            "SELECT mmsi, first_second - ? AS second, draught_m FROM told WHERE draught_m IS NOT NULL ORDER BY ALL",
            [day * DAY_S],
        ).to_arrow_table()
    begin = np.searchsorted(rows["mmsi"].to_numpy(), np.append(mmsi, [2**62, 2**62]))
    pairs = np.column_stack([rows["second"].to_numpy().astype(np.float64), rows["draught_m"].to_numpy()])
    return pairs.reshape(-1, 2), begin


def write(ships: ShipDay, folder: Path) -> str:
    """Keep the arrays where tasks find them; returns the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ships-{uuid.uuid4().hex}.npz"
    np.savez(path, **asdict(ships))
    return str(path)


@lru_cache(maxsize=2)
def load(path: str) -> ShipDay:
    """Read the file of ``write``."""
    with np.load(path) as kept:
        return ShipDay(**{f.name: kept[f.name] for f in fields(ShipDay)})
