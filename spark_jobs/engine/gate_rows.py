"""Rows of a Delta table for its gate: in memory where they are few, because a Spark statement for each expectation
costs more than the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spark_jobs.engine.lake_reader import at_most, reading, scan

if TYPE_CHECKING:
    import pandas as pd

ROWS_IN_MEMORY = 200_000  # measured: ten expectations take a quarter of a second on so many rows


def few_rows(name: str, column: str, values: Iterable[str]) -> pd.DataFrame | None:
    """The newest version of table ``layer.name``, only rows whose ``column`` has one of ``values`` (an empty column:
    all rows); None where they are more than ROWS_IN_MEMORY."""
    listed = sorted(set(values))
    chosen = f'WHERE "{column}" IN (SELECT UNNEST(?::VARCHAR[]))' if column else ""
    given = [listed] if column else []
    with reading() as lake:
        few = at_most(lake, ROWS_IN_MEMORY, f"SELECT * FROM {scan(name)} {chosen}", given)
        return None if few is None else few.df()
