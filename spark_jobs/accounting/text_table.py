"""Plain text tables whose columns line up with Chinese text, too."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from unicodedata import east_asian_width


def text_table(heads: Sequence[str], rows: Sequence[Sequence[object]], indent: str = "") -> str:
    """Lines of a table; numbers stand to the right with thousands separated and three decimals."""
    shown = [[_shown(value) for value in row] for row in rows]
    numeric = [bool(rows) and all(isinstance(row[i], float | Decimal | int) for row in rows) for i in range(len(heads))]
    widths = [max(_width(t) for t in (head, *(row[i] for row in shown))) for i, head in enumerate(heads)]
    lines = [heads, *shown]
    return "\n".join(
        (indent + "  ".join(_fit(t, w, right) for t, w, right in zip(line, widths, numeric, strict=True))).rstrip()
        for line in lines
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.3f}"
    return "" if value is None else str(value)


def _fit(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
