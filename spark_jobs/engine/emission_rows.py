"""Arrow side of the emission step: activity batches in, rows of gold.emission, gold.energy or quarantine out."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.accounting.accounts import boundaries
from spark_jobs.accounting.apply_factors import apply_factors
from spark_jobs.accounting.in_force import BASELINE, State
from spark_jobs.engine.identity import sm3_of
from spark_jobs.engine.reckoned import Reckoned, Results, last_state, reckon
from spark_jobs.engine.tables import dictionary

EMISSION, ENERGY = "gold.emission", "gold.energy"
UNACCOUNTED = {
    "activity_id": "STRING",
    "source_feed": "STRING",
    "part": "STRING",
    "electricity_series": "STRING",
    "reason_zh": "STRING",
    "object_id": "STRING",
    "activity_type": "STRING",
    "unit": "STRING",
    "quantity": "DOUBLE",
    "period_month": "STRING",
}


def emissions(
    batches: Iterator[pa.RecordBatch], timeline: tuple[State, ...] = BASELINE, only: Results | None = None
) -> Iterator[pa.RecordBatch]:
    """Rows of gold.emission, in the order of its dictionary; `only` those of these gases, chains and series."""
    for batch in batches:
        for part in reckon(pa.Table.from_batches([batch]), timeline, "emission", only):
            activity, found = part.activity, part.found
            keys = [_take(activity, found, n) for n in ("boundary", "evidence")]
            account = _accounts(*keys, found["electricity_series"])
            official = pc.fill_null(pc.equal(account, _take(activity, found, "official_account")), False)
            plain = sm3_of(*(_flat(found[n]) for n in ("activity_id", "gas", "chain")), account)
            ids = pc.if_else(pc.equal(part.change_id, ""), plain, sm3_of(plain, part.change_id))
            yield from _rows(EMISSION, part, {"emission_id": ids, "account": account, "is_official": official})


def energies(batches: Iterator[pa.RecordBatch], timeline: tuple[State, ...] = BASELINE) -> Iterator[pa.RecordBatch]:
    """Rows of gold.energy, in the order of its dictionary."""
    for batch in batches:
        for part in reckon(pa.Table.from_batches([batch]), timeline, "energy"):
            yield from _rows(ENERGY, part, {})


def unaccounted(batches: Iterator[pa.RecordBatch], timeline: tuple[State, ...] = BASELINE) -> Iterator[pa.RecordBatch]:
    """One row per activity, part and series that no factor in force answers (``UNACCOUNTED``)."""
    for batch in batches:
        for activity, state in last_state(pa.Table.from_batches([batch]), timeline):
            found = apply_factors(activity, state.library).unaccounted
            columns = [found[n] if n in found.schema.names else _take(activity, found, n) for n in UNACCOUNTED]
            yield from pa.table(columns, names=list(UNACCOUNTED)).combine_chunks().to_batches()


def _rows(name: str, part: Reckoned, made: dict[str, pa.Array]) -> Iterator[pa.RecordBatch]:
    """The table's columns, each from what was made, what apply_factors found, or the activity it belongs to."""
    names = [column.name for column in dictionary()[name].columns]
    made = made | {"known_from": part.known_from, "known_to": part.known_to}
    found, activity = part.found, part.activity
    columns = [
        made[n] if n in made else found[n] if n in found.schema.names else _take(activity, found, n) for n in names
    ]
    yield from pa.table(columns, names=names).combine_chunks().to_batches()


def _take(activity: pa.Table, rows: pa.Table, column: str) -> pa.Array:
    return _flat(activity[column].take(pc.index_in(rows["activity_id"], activity["activity_id"])))


def _accounts(*keys: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Account names; they depend on boundary, evidence and series alone, so each combination is named once."""
    joined = pc.dictionary_encode(pc.binary_join_element_wise(*(_flat(k) for k in keys), "\n"))
    named = []
    for key in joined.dictionary.to_pylist():
        boundary, evidence, series = key.split("\n")
        named.append(boundaries()[boundary].account(evidence, series))
    return pa.array(named, pa.string()).take(joined.indices)


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
