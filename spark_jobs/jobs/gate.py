"""Gate of a feed, a source or one table; ``all``: gold, modelled tables and the ledger, before a release.

Before a release every other gate must be open, too: rows that a gate refused lie in silver, and marts read silver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_jobs.contracts import resolve
from spark_jobs.engine import job_run, meters, session, tables
from spark_jobs.engine.gate_rows import few_rows
from spark_jobs.engine.layers import silver_name
from spark_jobs.engine.model_spec import model_specs
from spark_jobs.engine.session_tuning import for_many_rows

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

ALL = "all"
BEFORE_RELEASE = ("gold.", "ops.ledger")


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 open, 65 a blocking expectation failed, 99 there is no such table yet.

    A closed gate leaves its notice in what is being served.
    """
    names = [name for name in gated(target) if tables.exists(name)]
    if not names:
        return job_run.NOTHING_TO_DO
    from spark_jobs.engine.gate import Gate, GateClosed, record
    from spark_jobs.jobs.publish import hold

    spark = session.connect()
    try:
        gate, verdicts = Gate(spark), []
        for name in names:
            periods = _periods(spark, name, window_from, window_to)
            if periods == ():
                continue
            verdicts.append(gate.check(name, _rows(spark, name, periods or ()), periods or ()))
        if verdicts:
            gate.publish()
            record(spark, verdicts)
        job_run.flush(spark)
        if target == ALL:
            refuse_while_others_closed(set(names))
    except GateClosed as closed:
        for notice in closed.notices:
            hold(notice)
        raise
    finally:
        session.close(spark)
    return job_run.DONE if verdicts else job_run.NOTHING_TO_DO


def refuse_while_others_closed(checked: set[str]) -> None:
    """Raise GateClosed where a table that this run did not check still has its gate closed."""
    from spark_jobs.engine.closed_gates import standing
    from spark_jobs.engine.gate import GateClosed, notice_zh

    closed = [gate for gate in standing() if gate.table not in checked and tables.exists(gate.table)]
    if closed:
        told = "; ".join(f"{gate.table} ({', '.join(filter(None, gate.periods)) or 'all'})" for gate in closed)
        raise GateClosed(
            f"gates still closed, former data stays served: {told}; mend the cause, then: lake job gate TABLE",
            tuple(notice_zh(gate.table) for gate in closed),
        )


def gated(target: str) -> list[str]:
    """Tables that a target stands for."""
    if target == ALL:
        computed = {spec.table for spec in model_specs()}
        return [name for name in tables.dictionary() if name.startswith(BEFORE_RELEASE) or name in computed]
    if target.split(".")[0] in ("silver", "gold", "ops"):
        return [target]
    return [meters.HOURLY if meters.reads(c) else silver_name(c) for c in resolve(target)]


def _rows(spark: SparkSession, name: str, periods: tuple[str, ...]) -> DataFrame | pd.DataFrame:
    """The table's rows of these periods (none: of all), in memory where they are few."""
    column = _period_column(name) if periods else ""
    few = few_rows(name, column, periods)
    if few is not None:
        return few
    for_many_rows(spark)
    rows = tables.read(spark, name)
    return rows.where(tables.one_of(column, periods)) if column else rows


def _period_column(name: str) -> str:
    """Partition column by which a table is checked in part; empty: always as a whole."""
    table = tables.dictionary().get(name)
    if table is None:
        return "period"
    return table.partition[0] if table.partition and table.partition[0] != "feed" else ""


def _periods(spark: SparkSession, name: str, window_from: str, window_to: str) -> tuple[str, ...] | None:
    """Partitions that receipts of the windows touched; None: the whole table."""
    if not window_from or not name.startswith("silver.") or not tables.exists("ops.touched"):
        return None
    touched = tables.read(spark, "ops.touched").where(
        f"silver_table = '{name}' AND receipt_window_from <= '{window_to}' AND receipt_window_to >= '{window_from}'"
    )
    return tuple(sorted(row.period for row in touched.select("period").distinct().collect()))
