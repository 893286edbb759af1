"""The one carbon path: energy activity in, gases, energy and what could not be accounted out. Arrow in, Arrow out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from factor_library.factor import VERIFIED_MARKS
from factor_library.library import Library, library
from spark_jobs.accounting.recipes import PART_SEPARATOR, EnergyRecipe, GasRecipe, Part, Question, Recipe, recipe

MEASURED = ("ncv_measured", "carbon_content_measured", "oxidation_measured")
STATEMENT = "co2_statement"
RUNGS = ("measured", "exact", "older", "regional", "national", "global")
_QUESTION = ("fuel_set", "activity_type", "unit", "date", "region")
_KG_PER_T = 1000.0

EMISSION_SCHEMA = pa.schema(
    [
        ("activity_id", pa.string()),
        ("gas", pa.string()),
        ("chain", pa.string()),
        ("electricity_series", pa.string()),
        ("mass_kg", pa.float64()),
        ("factor_id", pa.string()),
        ("factor_version", pa.string()),
        ("factor_rung", pa.string()),
        ("factor_value", pa.float64()),
        ("factor_unit", pa.string()),
        ("factor_verified", pa.string()),
        ("factor_rsu", pa.float64()),
        ("factor_rsu_verified", pa.bool_()),
    ]
)
ENERGY_SCHEMA = pa.schema(
    [
        ("activity_id", pa.string()),
        ("energy_gj", pa.float64()),
        ("coal_calorific_kgce", pa.float64()),
        ("coal_equal_kgce", pa.float64()),
        ("calorific_factor_id", pa.string()),
        ("coal_factor_id", pa.string()),
        ("coal_equal_factor_id", pa.string()),
    ]
)
UNACCOUNTED_SCHEMA = pa.schema(
    [
        ("activity_id", pa.string()),
        ("part", pa.string()),
        ("electricity_series", pa.string()),
        ("reason_zh", pa.string()),
    ]
)


class Accounted(NamedTuple):
    """What `apply_factors` returns; grains and units in its docstring."""

    emission: pa.Table
    energy: pa.Table
    unaccounted: pa.Table


@dataclass(slots=True)
class _Block:
    """Rows of one kind with the same recipe (none for a stated CO2) and the same measured inputs present."""

    rows: pa.Table
    question: Question
    recipe: Recipe | None
    measured: frozenset[str]

    def column(self, name: str) -> np.ndarray:
        return self.rows[name].to_numpy(zero_copy_only=False)

    @property
    def size(self) -> int:
        return self.rows.num_rows


def apply_factors(activity: pa.Table, lib: Library | None = None) -> Accounted:
    """Turn energy activity into gases.

    activity, one row per activity (grain: activity_id), columns
        activity_id string; activity_class string (energy or co2_statement); fuel_set string (fuel_sets.yaml);
        activity_type string (energy code); quantity float64 in `unit` string; date string YYYY-MM-DD (the day whose
        factors apply); region string (CN-SH …); series list<string> (electricity series of the accounts asked for, or
        [""] where the account has none); record_id string (names an enterprise's own measured factor);
        ncv_measured float64 GJ per unit, carbon_content_measured float64 tC/GJ, oxidation_measured float64 share,
        each null unless measured.
    Returns
        emission, grain activity_id × gas × chain × electricity_series: mass_kg = quantity × factor_value, where
        factor_unit is kg of the gas per unit of activity. A composite's factor_id and factor_version name its parts,
        joined by `*`; a product that ends in carbon is also times 44/12. factor_rung, factor_verified and
        factor_rsu_verified are those of the weakest part, factor_rsu (relative, k=1) is of the product. A measured
        part is `measured:<record_id>` and its rung is measured. A stated CO2 has factor_id and rung `reported`. Never
        add up over electricity_series, nor CO2e to gases of one chain without choosing a GWP set.
        energy, grain activity_id: energy_gj; coal_calorific_kgce; coal_equal_kgce, null where no factor is known.
        unaccounted: activity_id, part (emission or energy), electricity_series, reason_zh. No factor means a row here.
    Errors: KeyError for a missing column; ValueError for a null or negative quantity.
    """
    if pc.any(pc.or_kleene(pc.is_null(activity["quantity"]), pc.less(activity["quantity"], 0))).as_py():
        raise ValueError(
            "apply_factors: a quantity is null or negative; such a row belongs in quarantine before this step"
        )
    emission, energy, unaccounted = [], [], []
    for block in _blocks(activity, lib):
        found = block.recipe
        if found is None:
            emission.append(_stated(block, lib or library()))
            continue
        emission += [_emission(block, gas, lib or library()) for gas in found.gases]
        if found.energy:
            energy.append(_energy(block, found.energy))
        unaccounted += _unaccounted(block, found)
    return Accounted(
        _concat(emission, EMISSION_SCHEMA), _concat(energy, ENERGY_SCHEMA), _concat(unaccounted, UNACCOUNTED_SCHEMA)
    )


def _blocks(activity: pa.Table, lib: Library | None) -> Iterator[_Block]:
    """Blocks of rows that are reckoned alike: days on which the same factors apply stand in one."""
    if not activity.num_rows:
        return
    series = pc.binary_join(_chunk(activity["series"]).cast(pa.list_(pa.string())), " ")
    fuel_set = pc.if_else(pc.equal(activity["activity_class"], STATEMENT), STATEMENT, activity["fuel_set"])
    texts = [fuel_set, *(activity[c] for c in _QUESTION[1:]), series]
    encoded = [pc.dictionary_encode(_chunk(t)) for t in texts]
    code = np.zeros(activity.num_rows, dtype=np.int64)
    for column in encoded:
        code = code * len(column.dictionary) + column.indices.to_numpy(zero_copy_only=False)
    for name in MEASURED:
        code = code * 2 + activity[name].is_valid().to_numpy(zero_copy_only=False)
    _, first_rows, kind_of_row = np.unique(code, return_index=True, return_inverse=True)
    blocks: dict[tuple[Question, Recipe | None, frozenset[str]], int] = {}
    block_of_kind = [blocks.setdefault(_kind(activity, encoded, int(first), lib), len(blocks)) for first in first_rows]
    block_of_row = np.array(block_of_kind)[kind_of_row]
    ordered = activity.take(pa.array(np.argsort(block_of_row, kind="stable")))
    start = 0
    for key, size in zip(blocks, np.bincount(block_of_row), strict=True):
        yield _Block(ordered.slice(start, int(size)), *key)
        start += int(size)


def _kind(
    activity: pa.Table, encoded: list[pa.DictionaryArray], row: int, lib: Library | None
) -> tuple[Question, Recipe | None, frozenset[str]]:
    """What a row asks, without its date, and the recipe that answers on that date."""
    fuels, energy, unit, date, region, wanted = (c[row].as_py() for c in encoded)
    question = Question(fuels, energy, unit, date, region, tuple(wanted.split(" ")))
    found = None if fuels == STATEMENT else recipe(question, lib)
    return replace(question, date=""), found, frozenset(n for n in MEASURED if activity[n][row].is_valid)


def _emission(block: _Block, gas: GasRecipe, lib: Library) -> pa.Table:
    measured = [p for p in gas.parts if p.measurable in block.measured]
    value = np.full(block.size, gas.scale)
    for part in gas.parts:
        value = value * (_measured(block, part) if part in measured else part.value)
    own = lib.factor("RSU_MEASURED_FACTOR").value
    rsu = sqrt(sum((own if p in measured else p.factor.rsu) ** 2 for p in gas.parts))
    return _table(
        EMISSION_SCHEMA,
        block,
        {
            "gas": gas.gas,
            "chain": gas.chain,
            "electricity_series": gas.series,
            "mass_kg": block.column("quantity") * value,
            "factor_id": _join(block, [_MEASURED if p in measured else p.factor.factor_id for p in gas.parts]),
            "factor_version": PART_SEPARATOR.join(str(p.factor.version) for p in gas.parts),
            "factor_rung": "measured" if measured else weakest_rung([p.factor.rung for p in gas.parts]),
            "factor_value": value,
            "factor_unit": f"kg{gas.gas}/{block.question.unit}",
            "factor_verified": weakest_mark([p.factor.verified for p in gas.parts if p not in measured]),
            "factor_rsu": rsu,
            "factor_rsu_verified": not measured and all(p.factor.rsu_verified for p in gas.parts),
        },
    )


_MEASURED = object()
_TO_KG = {"ncv_measured": 1.0, "carbon_content_measured": _KG_PER_T, "oxidation_measured": 1.0}


def _measured(block: _Block, part: Part) -> np.ndarray:
    """The measured value in the unit of the part: carbon content is reported in tC/GJ and reckoned in kgC/GJ."""
    return block.column(part.measurable) * _TO_KG[part.measurable]


def _join(block: _Block, ids: list) -> pa.Array | str:
    if _MEASURED not in ids:
        return PART_SEPARATOR.join(ids)
    own = pc.binary_join_element_wise("measured:", _chunk(block.rows["record_id"]), "")
    return pc.binary_join_element_wise(*(own if i is _MEASURED else i for i in ids), PART_SEPARATOR)


def _energy(block: _Block, spec: EnergyRecipe) -> pa.Table:
    measured = "ncv_measured" in block.measured
    per_unit, ids = np.ones(block.size), []
    for part in spec.calorific:
        own = measured and part.measurable
        per_unit = per_unit * (_measured(block, part) if own else part.value)
        ids.append(_MEASURED if own else part.factor.factor_id)
    energy = block.column("quantity") * per_unit
    published = spec.coal if spec.coal and not measured else ()
    coal = block.column("quantity") if published else energy
    for part in published or (spec.coal_of_energy,):
        coal = coal * part.value
    equal = spec.coal_equal
    return _table(
        ENERGY_SCHEMA,
        block,
        {
            "energy_gj": energy,
            "coal_calorific_kgce": coal,
            "coal_equal_kgce": coal * equal.value if equal else None,
            "calorific_factor_id": _join(block, ids),
            "coal_factor_id": PART_SEPARATOR.join(p.factor.factor_id for p in published or (spec.coal_of_energy,)),
            "coal_equal_factor_id": equal.factor.factor_id if equal else None,
        },
    )


def _stated(block: _Block, lib: Library) -> pa.Table:
    rsu = lib.factor("RSU_STATED_CO2")
    value = _KG_PER_T if block.question.unit == "t" else None
    if value is None:
        raise ValueError(f"a stated CO2 must be in t, not {block.question.unit}")
    constant = {
        "gas": "CO2", "chain": "TTW", "factor_id": "reported", "factor_version": "", "factor_rung": "reported",
        "factor_value": None, "factor_unit": "kgCO2/t", "factor_verified": "reported", "factor_rsu": rsu.value,
        "factor_rsu_verified": rsu.rsu_verified,
    }  # fmt: skip
    mass = block.column("quantity") * value
    tables = [
        _table(EMISSION_SCHEMA, block, {**constant, "electricity_series": s, "mass_kg": mass})
        for s in block.question.series
    ]
    return pa.concat_tables(tables)


def _unaccounted(block: _Block, found: Recipe) -> list[pa.Table]:
    rows = [("emission", series, reason) for series, reason in found.missing]
    rows += [("energy", "", found.missing_energy)] if found.missing_energy else []
    return [
        _table(UNACCOUNTED_SCHEMA, block, {"part": part, "electricity_series": series, "reason_zh": reason})
        for part, series, reason in rows
    ]


def weakest_rung(rungs: list[str]) -> str:
    """Return the lowest rung of a composite's parts; what is no lookup does not count."""
    known = [r for r in rungs if r]
    return max(known, key=RUNGS.index) if known else "exact"


def weakest_mark(marks: list[str]) -> str:
    """Return the weakest verification mark; a product of measured parts alone is `yes`."""
    return max(marks, key=VERIFIED_MARKS.index) if marks else "yes"


def _table(schema: pa.Schema, block: _Block, values: dict) -> pa.Table:
    arrays = []
    for name, kind in zip(schema.names, schema.types, strict=True):
        value = block.rows["activity_id"] if name == "activity_id" else values[name]
        if isinstance(value, np.ndarray):
            value = pa.array(value, kind)
        elif not isinstance(value, pa.Array | pa.ChunkedArray):
            value = pa.nulls(block.size, kind) if value is None else pa.repeat(pa.scalar(value, kind), block.size)
        arrays.append(value)
    return pa.table(arrays, schema=schema)


def _chunk(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _concat(tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables(tables) if tables else schema.empty_table()
