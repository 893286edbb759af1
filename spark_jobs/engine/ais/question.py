"""What the engine asks of a sector, from ``sectors/<sector>/ais.yaml``: areas, ship types, registers, shore power."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import yaml

from infra.settings import settings
from spark_jobs.engine import tables
from spark_jobs.engine.fleet.fields import OFFSET_S

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SECTORS = Path(__file__).resolve().parents[2] / "sectors"
REGISTER_NEEDS = ("mmsi", "ship_id", "ship_type")


@dataclass(frozen=True)
class Question:
    """One file: circles of ports, meaning of AIS ship types, tables of registers and of calls with shore power."""

    circles: Path
    ship_types: pa.Table
    registers: tuple[dict[str, Any], ...]
    shore: dict[str, str]


def question() -> Question:
    """The one sector's file; raises ValueError unless there is exactly one."""
    found = sorted(SECTORS.glob("*/ais.yaml"))
    if len(found) != 1:
        raise ValueError(f"{SECTORS}: {len(found)} files ais.yaml, wanted one: the ships of the area are reckoned once")
    said = yaml.safe_load(found[0].read_text(encoding="utf-8"))
    folder = found[0].parent
    kinds = pc.read_csv(folder / said["ship_types"])
    return Question(folder / said["areas"], kinds, tuple(said["registers"]), said["shore_power"])


def registers(spark: SparkSession, asked: Question) -> list[pa.Table]:
    """Current rows of the registers that stand in the lake."""
    return [
        tables.read(spark, one["table"]).where(one["where"]).select(*one["columns"]).toArrow()
        for one in asked.registers
        if tables.exists(one["table"])
    ]


def calls(spark: SparkSession, asked: Question) -> dict[str, list[tuple[int, int]]]:
    """Seconds (local, since 1970) between which ships took shore power, by ship id; none without the table."""
    shore, out = asked.shore, defaultdict[str, list[tuple[int, int]]](list)
    if not tables.exists(shore["table"]):
        return {}
    rows = tables.read(spark, shore["table"]).where(shore["where"]).selectExpr(
        "ship_id", f"unix_timestamp({shore['connected']}) AS begin", f"unix_timestamp({shore['disconnected']}) AS end"
    )  # fmt: skip
    for row in rows.where("begin IS NOT NULL AND end IS NOT NULL").collect():
        out[row.ship_id].append((row.begin + OFFSET_S, row.end + OFFSET_S))
    return {ship: sorted(own) for ship, own in out.items()}


def register_path() -> Path:
    """The register by MMSI that an operator gave (``lake ais register``)."""
    return settings().warehouse / "silver" / "ais_register.parquet"


def by_mmsi() -> pa.Table | None:
    """That register, or None."""
    return pq.read_table(register_path()) if register_path().exists() else None


def keep_register(path: Path) -> int:
    """Take a CSV or Parquet register of ships by MMSI; returns its rows.

    Raises:
        ValueError: names the missing column, or the MMSI that stands twice.
    """
    if path.suffix == ".parquet":
        table = pq.read_table(path)
    else:
        table = pc.read_csv(path, convert_options=pc.ConvertOptions(column_types={"ship_id": pa.string()}))
    missing = [name for name in REGISTER_NEEDS if name not in table.column_names]
    if missing:
        raise ValueError(f"{path}: column {', '.join(missing)} is missing; a register has {', '.join(REGISTER_NEEDS)}")
    mmsi = table["mmsi"].to_pylist()
    twice = (
        sorted({one for one in mmsi if one is not None and mmsi.count(one) > 1}) if len(set(mmsi)) < len(mmsi) else []
    )
    if twice:
        raise ValueError(f"{path}: MMSI {twice[0]} stands more than once: keep one row")
    register_path().parent.mkdir(parents=True, exist_ok=True)
    draft = register_path().with_suffix(".draft")
    pq.write_table(table, draft)
    draft.replace(register_path())
    return int(table.num_rows)
