"""Silver's judgement as a pure function: bronze rows in Arrow → classified rows in Arrow.

It runs in a Spark task on the rows of whole keys, or anywhere else (tests). Besides silver's columns a row has
``rule_ids`` (empty: accepted or an older version), ``reason_zh``, ``refused_field``, ``refused_value`` and ``row_json``
for quarantine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from infra.crypto.sealing import Sealer
from spark_jobs.contract_sql import DUCKDB_PRELUDE, LOOKUP
from spark_jobs.contracts import Contract
from spark_jobs.contracts import contract as contract_of
from spark_jobs.engine import silver_sql
from spark_jobs.engine.guarded import guarded
from spark_jobs.engine.layers import bronze_table, silver_table
from spark_jobs.engine.row_hash import record_id, sm3_hex
from spark_jobs.engine.tables import Column

THREADS = 2
MEMORY = "2GB"
REFUSAL = (
    Column("rule_ids", "ARRAY<STRING>", "规则编号"),
    Column("reason_zh", "STRING", "原因"),
    Column("refused_field", "STRING", "字段"),
    Column("refused_value", "STRING", "原值"),
    Column("row_json", "STRING", "原始记录"),
)
ARROW = {
    "STRING": pa.string(),
    "BIGINT": pa.int64(),
    "INT": pa.int32(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="Asia/Shanghai"),
    "ARRAY<STRING>": pa.list_(pa.string()),
}


@dataclass(frozen=True)
class Scope:
    """What to rebuild: everything, or what the receipt ``windows`` and the ``changed`` keys of joined feeds touch.

    ``changed``: (field of this feed, value) pairs.
    """

    whole: bool
    windows: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class References:
    """Current rows of joined feeds: feed → Arrow table with the key and the columns taken."""

    tables: dict[str, pa.Table] = field(default_factory=dict)


def columns(contract: Contract) -> tuple[Column, ...]:
    """Columns of ``conform``'s result."""
    return (*silver_table(contract).columns, *REFUSAL)


def ddl(contract: Contract) -> str:
    """Spark schema of ``conform``'s result."""
    return ", ".join(f"`{column.name}` {column.type}" for column in columns(contract))


def schema(contract: Contract) -> pa.Schema:
    """Arrow schema of ``conform``'s result."""
    return pa.schema([pa.field(column.name, ARROW[column.type]) for column in columns(contract)])


def task_of(
    contract: Contract, scope: Scope, references: References
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Worker function for ``mapInArrow`` over bronze rows of whole keys."""

    seal = None
    if contract.personal:
        from infra.crypto.provider import provider

        seal = provider().sealer()  # the task carries it: a worker on another machine has no key file

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        received = list(batches)
        if received:
            yield from conform(contract, pa.Table.from_batches(received), scope, references, seal).to_batches(100_000)

    return task


def conform(
    contract: Contract, bronze: pa.Table, scope: Scope, references: References, seal: Sealer | None = None
) -> pa.Table:
    """Classified rows of the periods in ``scope``; every bronze row is one of them or among their duplicates.

    ``seal`` is needed where the contract has personal fields.
    """
    import duckdb

    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as db:
        for statement in DUCKDB_PRELUDE:
            db.execute(statement)
        db.register("bronze", bronze)
        _register_lookups(db, contract)
        names = _register_references(db, contract, references)
        db.execute(f"CREATE TEMP TABLE keyed AS {silver_sql.keyed_select(contract, 'bronze', names)}")
        rows = "keyed" if scope.whole else _narrowed(db, contract, scope)
        db.execute(f"CREATE TEMP TABLE classified AS {silver_sql.classified_select(contract, rows)}")
        if not scope.whole:
            db.execute("DELETE FROM classified WHERE silver_period NOT IN (SELECT silver_period FROM touched)")
        result = db.execute(silver_sql.output_select(contract, "classified")).to_arrow_table()
    return guarded(contract, _identified(contract, result), seal)


def _narrowed(db: object, contract: Contract, scope: Scope) -> str:
    db.register("windows", pa.table({"receipt_window": pa.array(scope.windows, pa.string())}))  # type: ignore[attr-defined]
    by, value = zip(*scope.changed, strict=True) if scope.changed else ((), ())
    changed = pa.table({"by": pa.array(by, pa.string()), "value": pa.array(value, pa.string())})
    db.register("changed", changed)  # type: ignore[attr-defined]
    touched = silver_sql.touched_select(contract, "keyed", "windows", "changed")
    db.execute(f"CREATE TEMP TABLE touched AS {touched}")  # type: ignore[attr-defined]
    db.execute(f"CREATE TEMP TABLE needed AS {silver_sql.needed_select('keyed', 'touched')}")  # type: ignore[attr-defined]
    return "needed"


def _register_lookups(db: object, contract: Contract) -> None:
    for derived in contract.derived:
        if derived.lookup:
            pairs = contract.lookup(derived)
            table = pa.table(
                {"key": pa.array(pairs.keys(), pa.string()), "value": pa.array(pairs.values(), pa.string())}
            )
            db.register(f"{LOOKUP}{derived.name}", table)  # type: ignore[attr-defined]


def _register_references(db: object, contract: Contract, references: References) -> dict[str, str]:
    names = {}
    for join in contract.joins:
        name = f"current__{join.feed.replace('.', '__')}"
        table = references.tables.get(join.feed)
        db.register(name, empty_reference(join.feed) if table is None else table)  # type: ignore[attr-defined]
        names[join.feed] = name
    return names


def empty_reference(feed: str) -> pa.Table:
    """Current rows of a feed of which nothing is known yet: none."""
    fields = contract_of(feed).fields
    return pa.schema([pa.field(f.name, ARROW[f.spark_type]) for f in fields]).empty_table()


def _identified(contract: Contract, result: pa.Table) -> pa.Table:
    """Add ``row_sm3`` and ``record_id`` and bring the columns into the order and types of ``schema``."""
    hashes = [sm3_hex(text.encode()) for text in result.column("content_json").to_pylist()]
    keys, versions = result.column("business_key").to_pylist(), result.column("version_no").to_pylist()
    ids = [record_id(contract.feed, *values) for values in zip(keys, versions, hashes, strict=True)]
    result = result.append_column("row_sm3", pa.array(hashes, pa.string()))
    result = result.append_column("record_id", pa.array(ids, pa.string()))
    wanted = schema(contract)
    return result.select(wanted.names).cast(wanted)


def bronze_columns(contract: Contract) -> list[str]:
    """Columns of bronze that ``conform`` reads."""
    return [column.name for column in bronze_table(contract).columns]


def changed_pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """``Scope.changed`` in a stable order."""
    return tuple(sorted(set(pairs)))
