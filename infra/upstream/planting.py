"""How a planted fault is recorded, and the forms of malformed numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.upstream.rng import log_uniform

JUST_BEYOND, FAR_BEYOND = 1.02, 1000.0
FULL_WIDTH = str.maketrans("0123456789.-", "０１２３４５６７８９．－")


@dataclass(frozen=True)
class Planted:
    """One planted fault; ``severity`` is the planted distance divided by the bound, or None where no bound applies."""

    kind: str
    field: str
    true_value: Any
    planted_value: Any
    severity: float | None = None


def beyond(u: float) -> float:
    """How many times the bound: log-uniform from just beyond it to 1000 times."""
    return log_uniform(u, JUST_BEYOND, FAR_BEYOND)


def malformed_number(value: float, u: float) -> str:
    """A number as people type it wrongly."""
    text = f"{value:.2f}"
    forms = (
        f"{value:,.2f}吨",
        text.translate(FULL_WIDTH),
        text.replace(".", ".."),
        "—",
        "#REF!",
        f"约{text}",
        "N/A",
        text + "E",
    )
    return forms[int(u * len(forms))]


def truth_line(
    planted: Planted, feed: str, key: dict[str, Any], period: str, version: int, window: str
) -> dict[str, Any]:
    """One line of the truth file."""
    return {
        "kind": planted.kind,
        "feed": feed,
        "business_key": key,
        "period": period,
        "field": planted.field,
        "true_value": planted.true_value,
        "planted_value": planted.planted_value,
        "severity_ratio": None if planted.severity is None else round(planted.severity, 6),
        "version": version,
        "window": window,
    }
