"""Sums that do not depend on the order of rows: Spark SQL adds DECIMALs exactly, DOUBLEs not."""

from __future__ import annotations


def exact_sum(expression: str, digits: int = 28, places: int = 9) -> str:
    """SQL of the sum of a DOUBLE expression as DOUBLE, each term rounded to so many decimal places."""
    return f"CAST(SUM(CAST({expression} AS DECIMAL({digits}, {places}))) AS DOUBLE)"


def whole_sum(expression: str, places: int = 9) -> str:
    """The same, added up as whole numbers of the last place (BIGINT, whose overflow is an error): for many rows."""
    return f"SUM(FLOOR(({expression}) * 1e{places}D + 0.5D)) / 1e{places}D"
