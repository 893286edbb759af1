"""What a change of factors or methods concerns in gold, and the recomputing of that alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from factor_library.factor import Factor
from spark_jobs.accounting.accounts import boundaries
from spark_jobs.accounting.factor_register import LIBRARY, Approval, Register
from spark_jobs.accounting.in_force import State, essences
from spark_jobs.accounting.recipes import Question
from spark_jobs.engine import tables
from spark_jobs.engine.activity_spec import method_columns
from spark_jobs.engine.lake_reader import local_day, reading, scan

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Key = tuple[str, str, str]
ENERGY_KEY: Key = ("", "", "")
_KINDS = f"""
SELECT method, activity_type, unit, boundary, evidence, period_month,
  {local_day("MIN(period_start)")} AS first_day, {local_day("MAX(period_start)")} AS last_day
FROM {{activity}} WHERE activity_class = 'energy' GROUP BY ALL ORDER BY ALL"""


class Kind(NamedTuple):
    """One kind of energy activity in one month, with the first and last day it is dated."""

    method: str
    activity_type: str
    unit: str
    boundary: str
    evidence: str
    month: str
    first_day: str
    last_day: str


@dataclass(frozen=True)
class Scope:
    """What a change concerns: these results of these types of activity in these months and boundaries.

    A little more than needed, since each side is a list of its own. `keys` are (gas, chain, electricity series), and
    ("", "", "") for energy. `opens_or_closes`: some activity gains a result or loses one.
    """

    months: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    boundaries: frozenset[str] = frozenset()
    keys: frozenset[Key] = frozenset()
    opens_or_closes: bool = False

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            self.months | other.months,
            self.types | other.types,
            self.boundaries | other.boundaries,
            self.keys | other.keys,
            self.opens_or_closes or other.opens_or_closes,
        )

    @property
    def where(self) -> str:
        """SQL predicate over gold.activity, gold.emission and gold.energy, for Spark and for DuckDB."""
        return _all_of(period_month=self.months, activity_type=self.types, boundary=self.boundaries)

    @property
    def results(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]] | None:
        """Gases, chains and series of gold.emission; None where only energy changed."""
        found = [key for key in self.keys if key != ENERGY_KEY]
        gases, chains, series = (frozenset(key[i] for key in found) for i in range(3))
        return (gases, chains, series) if found else None

    @property
    def emission_where(self) -> str:
        """SQL predicate over gold.emission: the rows that are reckoned otherwise, and hardly any other."""
        gases, chains, series = self.results or (frozenset(), frozenset(), frozenset())
        return f"{self.where} AND {_all_of(gas=gases, chain=chains, electricity_series=series)}"

    @property
    def moves_energy(self) -> bool:
        """Whether gold.energy changes."""
        return ENERGY_KEY in self.keys


def kinds() -> list[Kind]:
    """The kinds of energy activity that gold.activity holds."""
    with reading() as lake:
        return [Kind(*row) for row in lake.execute(_KINDS.format(activity=scan("gold.activity"))).fetchall()]


def concerned(old: State, new: State, held: Iterable[Kind] | None = None) -> Scope:
    """What is reckoned otherwise under the new state than under the old."""
    bounds = _bounds(old, new)
    moved: list[Kind] = []
    keys: set[Key] = set()
    opens = False
    for kind in kinds() if held is None else held:
        for question in questions(kind, bounds):
            before, after = essences(question, kind.method, old), essences(question, kind.method, new)
            if before != after:
                moved.append(kind)
                keys |= {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
                opens = opens or before.keys() != after.keys()
    return Scope(
        frozenset(k.month for k in moved),
        frozenset(k.activity_type for k in moved),
        frozenset(k.boundary for k in moved),
        frozenset(keys),
        opens,
    )


def questions(kind: Kind, bounds: Iterable[str]) -> list[Question]:
    """What the kind asks of the library: on its first and last day, and where a changed validity begins between."""
    boundary = boundaries()[kind.boundary]
    series = boundary.series.get(kind.evidence)
    if series is None:
        return []
    fuel_set = method_columns()[kind.method][1] if kind.method in method_columns() else ""
    days = {kind.first_day, kind.last_day, *(b for b in bounds if kind.first_day < b < kind.last_day)}
    asked = Question(fuel_set, kind.activity_type, kind.unit, "", boundary.region, series)
    return [replace(asked, date=day) for day in sorted(days)]


def adopt(spark: SparkSession, factors: Iterable[Factor], approval: Approval, at: datetime | None = None) -> Scope:
    """Put proposed versions in force and recompute what they concern; killed between, the next build does the rest."""
    register = Register()
    with register.reckoning(alone=True):
        register.adopt(factors, approval, at)
        return catch_up(spark, register)


def adopt_method(spark: SparkSession, method: str, by: str, approval: Approval, at: datetime | None = None) -> Scope:
    """Put a method in another's place and recompute its activity."""
    register = Register()
    with register.reckoning(alone=True):
        register.replace_method(method, by, approval, at)
        return catch_up(spark, register)


def catch_up(spark: SparkSession, register: Register) -> Scope:
    """Recompute what the changes concern that gold does not stand under yet; equals a full rebuild row for row."""
    from spark_jobs.engine import emission
    from spark_jobs.engine.factor_snapshot import write_snapshot
    from spark_jobs.engine.session_tuning import for_many_rows

    scope = pending(register)
    if scope.months:
        for_many_rows(spark)
        if _is_from_before():
            emission.write_reckoned(spark, register.timeline(), emission.all_months(spark))
        else:
            emission.write_reckoned(spark, register.timeline(), sorted(scope.months), scope)
        if scope.opens_or_closes:
            emission.close_ledger(spark, sorted(scope.months))
    brought = any(change.kind == LIBRARY for change in register.changes[register.applied :])
    write_snapshot(spark, register, fresh_only=not brought)
    register.mark_applied()
    return scope


def pending(register: Register) -> Scope:
    """What the changes since the last reckoning concern; nothing where gold stands under all of them."""
    scope, held = Scope(), None
    for count in range(max(register.applied, 1), len(register.changes)):
        held = kinds() if held is None else held
        old, new = (register.timeline(n)[-1] for n in (count, count + 1))
        scope = scope | concerned(old, new, held)
    return scope


def _all_of(**sides: Iterable[str]) -> str:
    return " AND ".join(tables.one_of(column, values).replace("`", "") for column, values in sides.items())


def _is_from_before() -> bool:
    """Whether gold.energy has rows of a lake from before it named types and boundaries: then all is reckoned anew."""
    if not tables.exists("gold.energy"):
        return False
    with reading() as lake:
        table = scan("gold.energy")
        columns = {row[0] for row in lake.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()}
        if "boundary" not in columns:
            return True
        return lake.execute(f"SELECT 1 FROM {table} WHERE boundary IS NULL LIMIT 1").fetchone() is not None


def _bounds(old: State, new: State) -> list[str]:
    """Days on which a validity begins, or the day after it ends, of factors that are not in both states."""
    sides = [set(s.factors if s.factors is not None else s.library.all_versions()) for s in (old, new)]
    changed: set[Factor] = sides[0] ^ sides[1]
    begins = {f.valid_from for f in changed if f.valid_from}
    ends = {(date.fromisoformat(f.valid_to) + timedelta(days=1)).isoformat() for f in changed if f.valid_to}
    return sorted(begins | ends)
