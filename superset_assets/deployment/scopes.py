"""Scopes of restricted users: what their row rules are filled with, and the roles that carry them.

A restricted role is never given as such: for each scope in use there is one role of its own, with rules whose SQL
holds the scope's value. A role without a scope therefore does not exist, and nobody can be left without a rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from superset_assets.compiler.spec import Spec, SpecError

VALUE = re.compile(r"[0-9A-Za-z_\-]+")


@dataclass(frozen=True)
class ScopedRole:
    """One restricted role for one scope."""

    base: str
    scope: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.base}·{'·'.join(value for _, value in self.scope)}"


def _first_value(tables: dict[str, Any], column: str, dataset: str) -> str | None:
    """Smallest value of ``column`` in a dataset; None while no release is being served."""
    table = tables[dataset]
    try:
        with table.database.get_sqla_engine() as engine, engine.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT MIN({column}) FROM {table.schema}.{table.table_name}").scalar()
    except Exception as error:
        if "does not exist" in str(error) or "Cannot open" in str(error):
            return None
        raise
    return None if found is None else str(found)


def scope_of(spec: Spec, user: str, tables: dict[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """The user's scope with its values; None when the data that name it are not there yet."""
    pairs = []
    for column, given in spec.roles["users"][user]["scope"].items():
        value = _first_value(tables, column, given["first_of"]) if isinstance(given, dict) else str(given)
        if value is None:
            return None
        if not VALUE.fullmatch(value):
            raise SpecError(f"user {user}: scope {column}={value!r} must be letters, digits, _ or - only")
        pairs.append((column, value))
    return tuple(pairs)


def clause(rule: dict[str, Any], role: ScopedRole) -> str:
    """The rule's SQL for one scope; a scope that lacks a column the rule names is refused."""
    try:
        return str(rule["clause"]).format(**dict(role.scope))
    except KeyError as error:
        raise SpecError(f"rule {rule['name']} needs {error} in the scope of role {role.name}") from error
