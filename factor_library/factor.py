"""One factor: a value with unit, source, validity and uncertainty."""

from dataclasses import dataclass, fields

from factor_library.units import ratio


class FactorError(ValueError):
    """A row of the library is unusable, or what was asked for is not in it."""


class FactorNotFoundError(FactorError, LookupError):
    """No factor answers the question; nothing is invented in its place."""


VERIFIED_MARKS = ("yes", "partly", "derived", "computed", "no")


@dataclass(frozen=True, slots=True)
class Factor:
    """Grain: factor_id × version. `value` is in `unit` as published; `rsu` is its relative standard uncertainty (k=1).

    `verified`: yes (seen in a public source), partly, derived, computed, no (from memory). `rsu_verified` is false
    where the uncertainty is an expert value. `rung` is set by a lookup.
    """

    factor_id: str
    version: int
    title_zh: str
    quantity_kind: str
    energy_or_fuel: str
    gas: str
    chain: str
    value: float
    unit: str
    region: str
    series: str
    valid_from: str
    valid_to: str
    uncertainty_low: float | None
    uncertainty_high: float | None
    rsu: float
    rsu_verified: bool
    verified: str
    sector: str
    activity: str
    source_document: str
    source_table: str
    source_year: str
    url: str
    note: str
    publication: str
    rung: str = ""

    def value_in(self, unit: str) -> float:
        """Return the value in `unit`; raise UnitError where the dimensions differ."""
        return self.value * ratio(self.unit, unit)

    def valid_on(self, date: str) -> bool:
        """Whether `date` (YYYY-MM-DD) lies in the stated validity; no stated bound is open."""
        return self.begun_by(date) and (not self.valid_to or date <= self.valid_to)

    def begun_by(self, date: str) -> bool:
        """Whether its validity has begun by `date`; no stated beginning is always."""
        return not self.valid_from or self.valid_from <= date

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def parse_factor(row: dict[str, str], publication: str, where: str) -> Factor:
    """Make a Factor of a CSV row; raise FactorError naming file and line where value, unit or source is missing."""
    for column in ("factor_id", "value", "unit", "source_document", "quantity_kind", "rsu"):
        if not (row.get(column) or "").strip():
            raise FactorError(f"{where}: factor {row.get('factor_id') or '?'} has no {column}; fill it or leave it out")
    if row["verified"] not in VERIFIED_MARKS:
        raise FactorError(f"{where}: verified must be one of {', '.join(VERIFIED_MARKS)}, not {row['verified']!r}")
    if row["rsu_verified"] not in ("true", "false"):
        raise FactorError(f"{where}: rsu_verified must be true or false, not {row['rsu_verified']!r}")
    try:
        numbers = {c: float(row[c]) if row[c] else None for c in ("uncertainty_low", "uncertainty_high")}
        value, rsu, version = float(row["value"]), float(row["rsu"]), int(row["version"])
    except ValueError as error:
        raise FactorError(f"{where}: factor {row['factor_id']}: {error}") from error
    typed = {**row, **numbers, "value": value, "rsu": rsu, "version": version}
    typed["rsu_verified"] = row["rsu_verified"] == "true"
    return Factor(**typed, publication=publication)  # type: ignore[arg-type]
