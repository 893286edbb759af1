"""The mart row of a passport, read as its viewer may read it: Superset's own access check and row rules."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from superset_assets.compiler.keys import key

EMPTY = "<empty string>"


class NotForYou(LookupError):
    """The viewer may not read this mart, or its rows do not include this one; the two are not told apart."""


def dataset_of(mart: str) -> Any:
    """The dataset of a mart, found by uuid; NotForYou where the viewer has no access to it."""
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db, security_manager

    identity = uuid.UUID(key("dataset", mart))
    table = db.session.query(SqlaTable).filter(SqlaTable.uuid == identity).one_or_none()
    if table is None or not security_manager.can_access_datasource(table):
        raise NotForYou(mart)
    return table


def check_row(table: Any, values: dict[str, str]) -> None:
    """Raise NotForYou unless the row of that key comes back through Superset's query with the viewer's rules."""
    known = {column.column_name for column in table.columns}
    if not values or not set(values) <= known:
        raise NotForYou(table.table_name)
    filters = [{"col": column, "op": "==", "val": value or EMPTY} for column, value in values.items()]
    query = {
        "columns": sorted(values),
        "metrics": [],
        "filter": filters,
        "granularity": None,
        "from_dttm": None,
        "to_dttm": None,
        "is_timeseries": False,
        "orderby": [],
        "extras": {},
        "row_limit": 2,
    }
    found = table.query(query)
    if found.error_message or found.df is None or len(found.df) != 1:
        raise NotForYou(table.table_name)


def row_rule(table: Any) -> str:
    """The viewer's row rules on the mart as SQL, to be applied to the lines beneath; empty for none."""
    from superset.extensions import security_manager

    return " and ".join(f"({rule.clause})" for rule in security_manager.get_rls_filters(table))


@contextmanager
def release_query(table: Any) -> Iterator[Any]:
    """``query(sql) → list of dict`` on the released file, through the dashboards' own read-only connection."""
    with table.database.get_sqla_engine() as engine, engine.connect() as connection:

        def query(sql: str) -> list[dict[str, Any]]:
            result = connection.exec_driver_sql(sql)
            names = list(result.keys())
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

        yield query
