"""Delta tables by name: their place, definition, reading, writing.

Grain, columns, units and partitions of engine-defined tables stand in ``spark_jobs/tables/*.yaml``; those of bronze
and silver come from contracts. The catalog is not consulted: ``infra.table_store`` says where ``bronze.x`` lies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from infra import table_store
from spark_jobs.engine import catalog, job_run
from spark_jobs.engine.session import retry_conflict

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

DICTIONARY = Path(__file__).resolve().parents[1] / "tables"
_NAME = re.compile(r"^(bronze|silver|gold|ops)\.[a-z0-9_]+$")


@dataclass(frozen=True)
class Column:
    """A column: Spark SQL type, unit (empty: none), Chinese meaning."""

    name: str
    type: str
    zh: str
    unit: str = ""
    nullable: bool = False
    key: bool = False
    codes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A table's definition; ``key`` columns make its grain."""

    name: str
    title_zh: str
    grain: str
    columns: tuple[Column, ...]
    partition: tuple[str, ...] = ()
    built_from: Mapping[str, str] = field(default_factory=dict)  # role → feed, where an engine of its own builds it
    deletion_vectors: bool = False  # rows are replaced here and there: files stay, what is gone is marked

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.key)

    @property
    def ddl(self) -> str:
        """Spark DDL of the columns, without comments (a schema string)."""
        return ", ".join(f"`{column.name}` {column.type}" for column in self.columns)


@lru_cache(maxsize=1)
def dictionary() -> dict[str, Table]:
    """Engine-defined tables by name; raises ValueError on a name defined twice or off the grammar."""
    found: dict[str, Table] = {}
    for path in sorted(DICTIONARY.glob("*.yaml")):
        for name, body in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if name in found or not _NAME.match(name):
                raise ValueError(f"{path.name}: table name {name!r} is taken or not <layer>.<name>")
            try:
                columns = tuple(Column(**{**c, "codes": tuple(c.get("codes", ()))}) for c in body["columns"])
            except TypeError as error:
                raise ValueError(f"{path.name}: {name}: {error}; quote a note that holds a comma") from None
            built_from = body.get("built_from", {})
            partition, marks = tuple(body["partition"]), bool(body.get("deletion_vectors", False))
            found[name] = Table(name, body["title_zh"], body["grain"], columns, partition, built_from, marks)
    return found


def place(name: str) -> str:
    """Place of table ``layer.name`` as Spark names it; raises ValueError off the grammar."""
    if not _NAME.match(name):
        raise ValueError(f"table name {name!r} is not bronze|silver|gold|ops.<name>")
    return table_store.place(name)


def exists(name: str) -> bool:
    """Whether the table has a first commit."""
    return version(name) >= 0


def version(name: str) -> int:
    """Newest Delta version of the table, -1 if there is none."""
    return table_store.newest_version(name)


def ensure(spark: SparkSession, table: Table) -> None:
    """Create the table with column comments where it is missing; an existing one is left as it is."""
    if exists(table.name):
        return
    columns = ",\n".join(f"  `{c.name}` {c.type} COMMENT '{_comment(c)}'" for c in table.columns)
    partition = f"\nPARTITIONED BY ({', '.join(table.partition)})" if table.partition else ""
    retry_conflict(
        lambda: spark.sql(
            f"CREATE TABLE IF NOT EXISTS delta.`{place(table.name)}` (\n{columns}\n) USING DELTA{partition}\n"
            f"COMMENT '{_quoted(table.title_zh)}'{_properties(table)}"
        ).collect()
    )
    if catalog.kept():
        catalog.register(spark, [table.name])


def _properties(table: Table) -> str:
    return "\nTBLPROPERTIES ('delta.enableDeletionVectors' = 'true')" if table.deletion_vectors else ""


def read(spark: SparkSession, name: str, at_version: int | None = None) -> DataFrame:
    """The table as a frame, at a pinned version where one is given; raises FileNotFoundError if there is none."""
    if not exists(name):
        raise FileNotFoundError(f"table {name} does not exist at {place(name)}: run the job that builds it first")
    reader = spark.read.format("delta")
    if at_version is not None:
        reader = reader.option("versionAsOf", str(at_version))
    return reader.load(place(name))


def frame(spark: SparkSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> DataFrame:
    """A frame of the table's columns from a few rows held by the client; what a row has beyond them is left out."""
    return spark.createDataFrame([tuple(row[c.name] for c in table.columns) for row in rows], table.ddl)


def of_arrow(spark: SparkSession, rows: pa.Table, ddl: str) -> DataFrame:
    """A frame of Arrow rows held by the client; the server infers no columns from none, so ``ddl`` names them then."""
    return spark.createDataFrame(rows) if rows else spark.createDataFrame([], ddl)


def gathered(frame: DataFrame) -> DataFrame:
    """The frame in as few tasks as Spark shuffles to: a union of many scans would write a file a scan and partition."""
    return frame.coalesce(int(str(frame.sparkSession.conf.get("spark.sql.shuffle.partitions"))))


def replace(frame: DataFrame, table: Table, where: str, retry: bool = True) -> int:
    """Replace the rows for which ``where`` holds by ``frame`` in one commit; returns the new version.

    An empty ``where`` replaces all. Every row of ``frame`` must satisfy ``where``. Retried on a conflicting commit, so
    ``frame`` must be a pure function of tables.
    """
    ensure(frame.sparkSession, table)
    writer = frame.selectExpr(*_columns(table)).write.format("delta").mode("overwrite").option("mergeSchema", "true")
    if where:
        writer = writer.option("replaceWhere", where)
    if retry:
        retry_conflict(lambda: writer.save(place(table.name)))
    else:
        writer.save(place(table.name))
    return _written(table.name)


def append(frame: DataFrame, table: Table, **options: str) -> int:
    """Append rows in one commit; returns the new version."""
    ensure(frame.sparkSession, table)
    writer = frame.selectExpr(*_columns(table)).write.format("delta").mode("append").option("mergeSchema", "true")
    retry_conflict(lambda: writer.options(**options).save(place(table.name)))
    return _written(table.name)


def one_of(column: str, values: Iterable[str]) -> str:
    """SQL predicate ``column IN (…)`` with quoted values; never empty (an empty list holds for no row)."""
    listed = ", ".join(f"'{_quoted(value)}'" for value in sorted(set(values)))
    return f"`{column}` IN ({listed})" if listed else "1 = 0"


def _written(name: str) -> int:
    found = version(name)
    job_run.note(table=name, version=found)
    return found


def _columns(table: Table) -> list[str]:
    return [f"CAST(`{column.name}` AS {column.type}) AS `{column.name}`" for column in table.columns]


def _comment(column: Column) -> str:
    unit = f"（{column.unit}）" if column.unit else ""
    return _quoted(f"{column.zh}{unit}")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
