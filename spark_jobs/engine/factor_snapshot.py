"""gold.factor: the factor library as it was applied, and the products of factors that emission rows name."""

from __future__ import annotations

from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from factor_library.factor import Factor
from factor_library.library import Library, library
from spark_jobs.accounting.apply_factors import weakest_mark
from spark_jobs.accounting.factor_register import Register
from spark_jobs.accounting.in_force import kinds
from spark_jobs.accounting.recipes import PART_SEPARATOR
from spark_jobs.engine import tables
from spark_jobs.engine.factor_history import CHANGE, change_rows
from spark_jobs.engine.lake_reader import reading, scan

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FACTOR = "gold.factor"
COMPOSITE = "composite"


def write_snapshot(spark: SparkSession, register: Register | None = None, fresh_only: bool = False) -> int:
    """Make gold.factor all factors that were ever in force and the products in use; returns the rows written.

    `fresh_only`: what stands there is right, so only what it lacks is added (unless something is no longer in use).
    The changes of the register are written beside it as ops.factor_change.
    """
    import pandas as pd

    table = tables.dictionary()[FACTOR]
    known = register or Register()
    lib = ever_in_force(known)
    factors = {(f.factor_id, str(f.version)): f for f in lib.all_versions()}
    products = set(_products(lib))
    held = _held() if fresh_only else set()
    adds = bool(held) and held <= factors.keys() | products
    rows = [factor_row(f) for key, f in sorted(factors.items()) if not (adds and key in held)]
    rows += [composite_row(i, v, lib) for i, v in sorted(products - (held if adds else set()))]
    if rows:
        columns = [c.name for c in table.columns]
        frame = spark.createDataFrame(pd.DataFrame(rows, columns=columns), schema=table.ddl)
        if adds:
            tables.append(frame, table)
        else:
            tables.replace(frame, table, "true")
    changes = tables.dictionary()[CHANGE]
    told = change_rows(known)
    if told or tables.exists(CHANGE):
        tables.replace(tables.frame(spark, changes, told), changes, "true")
    return len(rows)


def _held() -> set[tuple[str, str]]:
    """Factors and versions that gold.factor has."""
    if not tables.exists(FACTOR):
        return set()
    with reading() as lake:
        return set(lake.execute(f"SELECT factor_id, factor_version FROM {scan(FACTOR)}").fetchall())


def ever_in_force(register: Register) -> Library:
    """The installed library with every version that this lake's register knows."""
    found = {(f.factor_id, f.version): f for state in register.timeline() for f in state.factors or ()}
    return library().replacing(kinds(), found.values()) if found else library()


def factor_row(factor: Factor) -> dict[str, Any]:
    """A factor as a row of gold.factor."""
    kept = [column.name for column in tables.dictionary()[FACTOR].columns if column.name != "factor_version"]
    return {"factor_version": str(factor.version), **{name: getattr(factor, name) for name in kept}}


def composite_row(factor_id: str, version: str, lib: Library | None = None) -> dict[str, Any]:
    """A product of factors as a row of gold.factor: values multiplied in their published units, for the record only.

    An enterprise's own part (``measured:…``) has no value in the library: the row names it and multiplies the others.
    """
    lib = lib or library()
    ids, versions = factor_id.split(PART_SEPARATOR), version.split(PART_SEPARATOR)
    known = [lib.factor(i, int(v)) for i, v in zip(ids, versions, strict=True) if not i.startswith("measured:")]
    own = len(ids) - len(known)
    rsu = sqrt(sum(f.rsu**2 for f in known) + own * lib.value("RSU_MEASURED_FACTOR", "share") ** 2)
    titles = [f.title_zh for f in known] + ["单位实测值"] * bool(own)
    return {
        "factor_id": factor_id,
        "factor_version": version,
        "title_zh": " × ".join(titles),
        "quantity_kind": COMPOSITE,
        "energy_or_fuel": known[-1].energy_or_fuel if known else "",
        "gas": next((f.gas for f in reversed(known) if f.gas), ""),
        "value": prod(f.value for f in known),
        "unit": " × ".join(f.unit for f in known) or "1",
        "region": _joined(f.region for f in known),
        "series": _joined(f.series for f in known),
        "valid_from": max((f.valid_from for f in known), default=""),
        "valid_to": min((f.valid_to for f in known if f.valid_to), default=""),
        "rsu": rsu,
        "rsu_verified": not own and all(f.rsu_verified for f in known),
        "verified": weakest_mark([f.verified for f in known]),
        "publication": _joined(f.publication for f in known) or "measured",
        "source_document": _joined(f.source_document for f in known) or "单位实测",
        "source_table": "",
        "note": "Product of factors; a product that ends in carbon is also times 44/12 in emission rows.",
    }


def _joined(texts: Any) -> str:
    return "；".join(dict.fromkeys(t for t in texts if t))


def _products(lib: Library) -> list[tuple[str, str]]:
    """Products that gold.emission and gold.energy name; energy rows name the newest versions."""
    found: set[tuple[str, str]] = set()
    with reading() as lake:
        if tables.exists("gold.emission"):
            sql = f"SELECT DISTINCT factor_id, factor_version FROM {scan('gold.emission')}"
            found |= set(lake.execute(sql).fetchall())
        if tables.exists("gold.energy"):
            for name in ("calorific_factor_id", "coal_factor_id"):
                ids = lake.execute(f"SELECT DISTINCT {name} FROM {scan('gold.energy')}").fetchall()
                found |= {(i, _newest(i, lib)) for (i,) in ids}
    return sorted(p for p in found if PART_SEPARATOR in p[0] or p[0].startswith("measured:"))


def _newest(factor_id: str, lib: Library) -> str:
    parts = factor_id.split(PART_SEPARATOR)
    return PART_SEPARATOR.join("1" if p.startswith("measured:") else str(lib.factor(p).version) for p in parts)
