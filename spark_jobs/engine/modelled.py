"""Silver rows that a model computes: ``sectors/models/*.yaml`` name the model, its input and its table.

Heavy work is the model's, in Spark's tasks; models are pure functions over Arrow. A month is rebuilt as a whole from
the silver rows of that month, so the same rows come out whatever the order of runs. Source rows are sorted by their
key before they are given to the model: its figures do not depend on how files lie. What a model refuses goes to
``silver.quarantine`` (layer ``modelled``) with its reason. The activity step runs what its receipts touch before it
reads the tables; no job of its own is needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from infra.crypto import sm3_hex
from spark_jobs.contracts import load_contracts, resolve
from spark_jobs.engine import job_run, tables
from spark_jobs.engine.activity_spec import lookup_rows, lookup_view
from spark_jobs.engine.gold_quarantine import month_is_one_of, replace_held
from spark_jobs.engine.model_spec import ModelSpec, model_specs
from spark_jobs.engine.model_task import Call, task_of
from spark_jobs.engine.session import one_at_a_time
from spark_jobs.engine.session_tuning import for_many_rows
from spark_jobs.engine.windows import month_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LAYER = "modelled"
TASKS = 2  # tasks that share the rows of a build
TOUCHED = "ops.touched"
_CODE = Path(__file__).resolve().parents[2]


class SourceMissing(RuntimeError):
    """A silver table that a spec joins is not there, though its main table is."""

    exit_code = 65


def build_touched(spark: SparkSession, target: str, window_from: str, window_to: str) -> int:
    """Rebuild what the receipts of a feed, a source or ``all`` touched; without windows, every month. Rows written."""
    wanted = set(load_contracts()) if target == "all" else {c.feed for c in resolve(target)}
    rows = 0
    for spec in sorted(model_specs(), key=_depth):
        feeds = feeds_of(spec) & wanted
        if feeds and tables.exists(spec.sources[0]):
            rows += build(spark, spec, _months(spark, spec, feeds, window_from, window_to))
    return rows


def build(spark: SparkSession, spec: ModelSpec, months: Iterable[str]) -> int:
    """Rebuild the spec's table for whole months; returns the number of rows that the model computed."""
    wanted = sorted(set(months))
    if not wanted:
        return 0
    lacking = [name for name in spec.sources if not tables.exists(name)]
    if lacking:
        raise SourceMissing(f"models/{spec.id} needs {', '.join(lacking)}: run the silver step of its feed first")
    for_many_rows(spark)
    with one_at_a_time(spec.table):
        return _build(spark, spec, wanted)


def _build(spark: SparkSession, spec: ModelSpec, months: list[str]) -> int:
    table, view = spec.target(), f"modelled_{spec.id}"
    result = _answers(spark, spec, months).persist()
    try:
        result.createOrReplaceTempView(view)
        mine = f"layer = '{LAYER}' AND feed = '{spec.feed}' AND ARRAY_CONTAINS(rule_ids, '{spec.rule}')"
        refused = spark.sql(f"SELECT '{LAYER}' AS layer, '{spec.feed}' AS feed, * FROM ({spec.refused_sql(view)})")
        replace_held(refused, f"{mine} AND {month_is_one_of(months)}")
        where = tables.one_of("period_month", months)
        tables.replace(spark.sql(spec.table_sql(view, version_of(spec.model))).coalesce(1), table, where)
    finally:
        result.unpersist()
    rows = tables.read(spark, spec.table).where(where).count()
    job_run.note(rows_in=rows)
    return rows


def _answers(spark: SparkSession, spec: ModelSpec, months: list[str]) -> DataFrame:
    """Rows (s, m): source row and what the model says of it."""
    import pandas as pd

    for name, lookup in spec.lookups.items():
        view = lookup_view(spec.id, name)
        spark.createDataFrame(pd.DataFrame(lookup_rows(lookup))).createOrReplaceTempView(view)
    places = {name: f"delta.`{tables.place(name)}`" for name in spec.sources}
    files = {name: spark.sql(spec.source_sql(sql, places, months)).toArrow() for name, sql in spec.files.items()}
    asked = spark.sql(spec.asked_sql(places, months))
    kind = asked.schema["s"].dataType.simpleString()
    parted = asked.repartition(TASKS, "part").sortWithinPartitions("part", "place")
    call = Call(spec.chosen().name, spec.options, files, spec.group, bool(spec.together))
    return parted.mapInArrow(task_of(call), f"s {kind}, m {spec.answer_ddl()}")


def feeds_of(spec: ModelSpec) -> set[str]:
    """Feeds whose silver tables the spec reads, directly or through another spec's table."""
    by_table = {f"silver.{c.silver_table}": feed for feed, c in load_contracts().items()}
    found = {by_table[name] for name in spec.sources if name in by_table} | {spec.feed}
    for other in model_specs():
        if other.table in spec.sources and other.id != spec.id:
            found |= feeds_of(other)
    return found


def _depth(spec: ModelSpec) -> int:
    """How many specs stand before this one: a table that another spec fills is filled first."""
    before = [other for other in model_specs() if other.table in spec.sources and other.id != spec.id]
    return 1 + max((_depth(other) for other in before), default=0)


def behind(names: Iterable[str]) -> set[str]:
    """The tables named, and those from which models computed them."""
    found = set(names)
    for spec in model_specs():
        if spec.table in found:
            found |= set(spec.sources)
    return found


def _months(spark: SparkSession, spec: ModelSpec, feeds: set[str], window_from: str, window_to: str) -> list[str]:
    """Months that the receipts touched; a register (period ``all``) touches every month of the main table."""
    if window_from:
        if not tables.exists(TOUCHED):
            return []
        within = f"receipt_window_from <= '{window_to}~' AND receipt_window_to >= '{window_from}'"
        touched = tables.read(spark, TOUCHED).where(f"{tables.one_of('feed', feeds)} AND {within}")
        periods = {row.period for row in touched.select("period").distinct().collect()}
        if "all" not in periods:
            return sorted({month_of(period) for period in periods})
    main = tables.read(spark, spec.sources[0])
    column = "period" if "period" in main.columns else "period_month"
    return sorted({month_of(row[0]) for row in main.select(column).distinct().collect() if row[0]})


@lru_cache(maxsize=8)
def version_of(name: str) -> str:
    """First 12 hex digits of the SM3 of a model's code, the code that models share, and the factor library."""
    from spark_jobs.models.registry import model

    package = _CODE.joinpath(*model(name).compute.split(":")[0].split(".")[:-1])
    files = [*package.rglob("*.py"), *package.rglob("*.yaml"), *(_CODE / "spark_jobs" / "models").glob("*.py")]
    files += sorted((_CODE / "factor_library").glob("*/*.csv"))
    listed = sorted({file.relative_to(_CODE).as_posix(): file for file in files}.items())
    return sm3_hex("\n".join(f"{path} {sm3_hex(file.read_bytes())}" for path, file in listed).encode())[:12]
