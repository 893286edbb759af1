"""gold.activity: who did how much of what. Rebuilt by month, from the silver tables that the specs name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.accounting.accounts import activity_rsu
from spark_jobs.accounting.recipes import fuel_sets
from spark_jobs.contracts import load_contracts, resolve
from spark_jobs.engine import energy_gap, modelled, tables
from spark_jobs.engine.activity_spec import (
    ActivitySpec,
    activity_specs,
    counting_rules,
    lookup_rows,
    lookup_view,
    method_columns,
)
from spark_jobs.engine.gold_quarantine import month_is_one_of, replace_held
from spark_jobs.engine.identity import sm3_of
from spark_jobs.engine.session_tuning import for_many_rows
from spark_jobs.engine.windows import month_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ACTIVITY, TOUCHED = "gold.activity", "ops.touched"
LAYER = "activity"


class SourceMissing(RuntimeError):
    """A silver table that a spec joins is not there, though its main table is."""

    exit_code = 65


def build(spark: SparkSession, months: Iterable[str]) -> int:
    """Rebuild gold.activity for whole months; returns the number of rows. A pure function of silver and the specs."""
    wanted = sorted(set(months))
    for_many_rows(spark)
    parts = [_select(spark, spec, wanted) for spec in present_specs()]
    if not wanted or not parts:
        return 0
    union = parts[0]
    for part in parts[1:]:
        union = union.unionByName(part)
    union.createOrReplaceTempView("activity_union")
    table = tables.dictionary()[ACTIVITY]
    frame = tables.gathered(spark.sql(_final_sql())).mapInArrow(add_ids, schema=table.ddl)
    tables.replace(frame, table, tables.one_of("period_month", wanted))
    _quarantine(spark, wanted)
    return tables.read(spark, ACTIVITY).where(tables.one_of("period_month", wanted)).count()


def present_specs() -> list[ActivitySpec]:
    """Specs whose main silver table exists; raises SourceMissing where a table they join does not."""
    found = []
    for spec in activity_specs():
        if not tables.exists(_main_table(spec, spec.sources[0])):
            continue
        lacking = [name for name in spec.sources if not tables.exists(name)]
        if lacking:
            raise SourceMissing(f"activity {spec.id} needs {', '.join(lacking)}: run the silver step of its feed first")
        found.append(spec)
    return found


def months_touched(spark: SparkSession, target: str, window_from: str, window_to: str) -> list[str]:
    """Months that the receipts of a feed (or of all feeds) touched; without windows, all months there are.

    A receipt of a register (period ``all``) touches every month that the specs reading it have.
    """
    feeds = {s.feed for s in activity_specs()} if target == "all" else {c.feed for c in resolve(target)}
    if not window_from:
        return _all_months(spark, feeds)
    if not tables.exists(TOUCHED):
        return []
    # A month stands for all its days: "~" sorts after every digit and dash.
    within = f"receipt_window_from <= '{window_to}~' AND receipt_window_to >= '{window_from}'"
    where = f"{tables.one_of('feed', feeds)} AND {within}"
    periods = {row.period for row in tables.read(spark, TOUCHED).where(where).select("period").distinct().collect()}
    if "all" in periods:
        return _all_months(spark, feeds)
    return sorted({month_of(p) for p in periods} | set(energy_gap.months_moved(spark, target, window_from)))


def add_ids(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Fill ``activity_id``: SM3 of source record ids, object, period, boundary, activity type and evidence."""
    for batch in batches:
        records = pc.binary_join(batch["source_record_ids"].cast(pa.list_(pa.string())), ",")
        names = ("object_id", "period", "boundary", "activity_type", "evidence")
        ids = sm3_of(records, *(batch[name] for name in names))
        yield batch.set_column(batch.schema.get_field_index("activity_id"), "activity_id", ids)


def _main_table(spec: ActivitySpec, first: str) -> str:
    contract = load_contracts().get(spec.feed)
    own = f"silver.{contract.silver_table}" if contract else first
    return own if own in spec.sources else next(n for n in spec.sources if n not in _registers())


def _registers() -> set[str]:
    return {f"silver.{c.silver_table}" for c in load_contracts().values() if c.period.grain == "none"}


def _all_months(spark: SparkSession, feeds: set[str]) -> list[str]:
    found: set[str] = set()
    registers = {f"silver.{c.silver_table}" for f, c in load_contracts().items() if f in feeds} & _registers()
    for spec in present_specs():
        if spec.feed in feeds or registers & modelled.behind(spec.sources):
            main = _main_table(spec, spec.sources[0])
            periods = tables.read(spark, main)
            column = "period" if "period" in periods.columns else tables.dictionary()[main].partition[0]
            found |= {month_of(row[0]) for row in periods.select(column).distinct().collect() if row[0]}
    return sorted(found)


def _places() -> dict[str, str]:
    names = {name for spec in activity_specs() for name in spec.sources}
    return {name: f"delta.`{tables.place(name)}`" for name in names}


def _select(spark: SparkSession, spec: ActivitySpec, months: list[str]) -> DataFrame:
    _register_lookups(spark, spec)
    simulated = load_contracts()[spec.feed].is_simulated
    return spark.sql(spec.activity_sql(_places(), months, simulated))


def _register_lookups(spark: SparkSession, spec: ActivitySpec) -> None:
    import pandas as pd

    for name, lookup in spec.lookups.items():
        rows = pd.DataFrame(lookup_rows(lookup))
        spark.createDataFrame(rows).createOrReplaceTempView(lookup_view(spec.id, name))


def _final_sql() -> str:
    """gold.activity's columns over the union of all specs: scope, tier, uncertainty, double counting."""
    rules = " ".join(f"WHEN {rule.when} THEN '{rule.id}'" for rule in counting_rules())
    rsu = " ".join(f"WHEN '{grade}' THEN {value!r}" for grade, value in activity_rsu().items())
    tiers = " ".join(f"WHEN '{name}' THEN '{tier}'" for name, (tier, _) in method_columns().items())
    derived = {
        "activity_id": "''",
        "scope": f"CASE WHEN stated_scope <> '' THEN stated_scope {_scopes()} ELSE '' END",
        "activity_rsu": f"COALESCE(rsu_stated, CASE rsu_grade {rsu} END)",
        "method_tier": f"CASE method {tiers} END",
        "counted_in_city": "double_counting_rule = ''",
    }
    columns = tables.dictionary()[ACTIVITY].columns
    shown = ",\n".join(f"CAST({derived.get(c.name, c.name)} AS {c.type}) AS {c.name}" for c in columns)
    return f"SELECT {shown}\nFROM (SELECT *, CASE {rules} ELSE '' END AS double_counting_rule FROM activity_union)"


def _scopes() -> str:
    whens = []
    for name, (_, fuel_set) in method_columns().items():
        for energy, body in fuel_sets().get(fuel_set, {}).items():
            whens.append(f"WHEN method = '{name}' AND activity_type = '{energy}' THEN '{body['scope']}'")
    return " ".join(whens)


def _quarantine(spark: SparkSession, months: list[str]) -> None:
    parts = " UNION ALL ".join(
        f"SELECT '{LAYER}' AS layer, '{spec.feed}' AS feed, q.* FROM ({spec.refused_sql(_places(), months)}) q"
        for spec in present_specs()
    )
    replace_held(tables.gathered(spark.sql(parts)), f"layer = '{LAYER}' AND {month_is_one_of(months)}")
