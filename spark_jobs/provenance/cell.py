"""How a mart's cell maps to lines: the rule in the model's ``meta.trace``, read and turned into SQL.

A rule names, for each measure, one or more *terms*. A term is a sum of ``value`` over rows of a lines table that match
the cell. ``match`` holds SQL conditions by grain column (default: equality), with ``$column`` for the cell's values;
``where`` is a further condition. ``formula`` combines the terms, and values of the cell's row as
``$column`` (default: the only term). Plain standard library, so that the visualization centre can import it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


class UntraceableError(LookupError):
    """The mart, row or measure has no trace; the message says which and what there is."""


@dataclass(frozen=True)
class Term:
    """A sum over lines: which table, which rows, which value; ``name`` is how the formula calls it."""

    name: str
    lines: str
    condition: str
    value: str


@dataclass(frozen=True)
class Cell:
    """A measure of one mart row, resolved to its terms."""

    mart: str
    row: Row
    measure: str
    terms: tuple[Term, ...]
    formula: str


def literal(value: object) -> str:
    """A DuckDB literal; text is quoted by doubling, so no text can end the literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def fill(condition: str, row: Row) -> str:
    """Put the row's values in for ``$column``; an unknown column is an error in the model's meta."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in row:
            raise UntraceableError(f"the rule {condition!r} names {match[1]!r}, which is not in the row {sorted(row)}")
        return literal(row[match[1]])

    return re.sub(r"\$([a-z_][a-z0-9_]*)", value, condition)


def _condition(grain: list[str], rule: Row, row: Row) -> str:
    match = rule.get("match") or {}
    parts = [match.get(column, f"{column} is not distinct from ${column}") for column in grain]
    parts += [part for name, part in match.items() if name not in grain]
    parts += [rule["where"]] if rule.get("where") else []
    filled = [fill(part, row) for part in parts if part]
    return " and ".join(f"({part})" for part in filled) or "true"


def _term(name: str, grain: list[str], shared: Row, own: Row | str, row: Row) -> Term:
    own = {"value": own} if isinstance(own, str) else own
    rule = {**shared, **own}
    if isinstance(shared.get("match"), dict) and isinstance(own.get("match"), dict):
        rule["match"] = {**shared["match"], **own["match"]}
    if shared.get("where") and own.get("where"):
        rule["where"] = f"({shared['where']}) and ({own['where']})"
    return Term(name, rule["lines"], _condition(grain, rule, row), rule["value"])


def resolve(mart: str, grain: list[str], trace: Row, row: Row, measure: str) -> Cell:
    """The cell's terms; UntraceableError where the measure has no rule."""
    measures = trace.get("measures") or {}
    if measure not in measures:
        known = ", ".join(measures) or "none"
        raise UntraceableError(f"{mart}.{measure} has no trace; measures that have one: {known}")
    shared: dict[str, Any] = {key: trace[key] for key in ("lines", "match", "where") if key in trace}
    rule = measures[measure]
    if isinstance(rule, dict) and "terms" in rule:
        terms = tuple(_term(name, grain, shared, own, row) for name, own in rule["terms"].items())
        return Cell(mart, row, measure, terms, fill(rule["formula"], row))
    return Cell(mart, row, measure, (_term(measure, grain, shared, rule, row),), measure)
