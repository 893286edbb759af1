"""Allocation of an enterprise's carbon to districts and uses by activity: shares that add up to exactly one.

A share is a whole number of billionths, so that a DECIMAL total times its shares gives parts that add up to the total
to the last digit, and a part divided by its share gives the total again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import pyarrow as pa

WHOLE = 1_000_000_000  # billionths
KEYS_ZH = {
    "reported_use": "按能源报表填报的用途（运输、生产辅助、其他）",
    "object_activity": "按对象活动（线路、车站、车队、船舶等）所在区域的排放",
    "meter_place": "按计量器具所在区域的覆盖份额",
    "territory": "按地域边界核算的区域",
}
# Which key counts where there are several: what is nearest to the activity comes first.
PRIORITY = tuple(KEYS_ZH)
SCHEMA = pa.schema(
    [
        ("enterprise_code", pa.string()),
        ("period_month", pa.string()),
        ("scope", pa.string()),
        ("dimension", pa.string()),
        ("part", pa.string()),
        ("key_code", pa.string()),
        ("key_zh", pa.string()),
        ("weight", pa.float64()),
        ("share_ppb", pa.int64()),
    ]
)


def apportion(whole: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to weights (largest remainder; ties go to the first).

    The parts add up to `whole`; each differs from its exact share by less than one. Raises ValueError where a weight is
    negative or all are zero: there is no way to share then.
    """
    exact = [Fraction(w) for w in weights]
    total = sum(exact, Fraction(0))
    if total <= 0 or any(w < 0 for w in exact):
        raise ValueError("weights must not be negative, and one at least must be above zero")
    ideal = [whole * w / total for w in exact]
    parts = [int(i) for i in ideal]
    by_rest = sorted(range(len(ideal)), key=lambda i: (parts[i] - ideal[i], i))
    for i in by_rest[: whole - sum(parts)]:
        parts[i] += 1
    return parts


def shares(weights: pa.Table) -> pa.Table:
    """Return shares (SCHEMA), grain enterprise × month × scope × dimension × part.

    weights, grain enterprise × month × scope × dimension × key × part: enterprise_code, period_month, scope (direct,
    indirect), dimension (district, use), key_code (PRIORITY), part (district code, use), weight (any unit, the same
    within a key). For each enterprise, month, scope and dimension the first key that has any weight counts alone; parts
    are in the order of their codes. share_ppb adds up to 10^9.
    """
    groups: dict[tuple[str, ...], dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for row in weights.to_pylist():
        if row["weight"] is not None and row["weight"] > 0:
            key = (row["enterprise_code"], row["period_month"], row["scope"], row["dimension"])
            weight_of = groups[key][row["key_code"]]
            weight_of[row["part"]] = weight_of.get(row["part"], 0.0) + row["weight"]
    out: list[dict[str, object]] = []
    for names in sorted(groups):
        chosen = min(groups[names], key=PRIORITY.index)
        parts = sorted(groups[names][chosen].items())
        kept = dict(zip(("enterprise_code", "period_month", "scope", "dimension"), names, strict=True))
        kept |= {"key_code": chosen, "key_zh": KEYS_ZH[chosen]}
        of = apportion(WHOLE, [weight for _, weight in parts])
        out += [
            {**kept, "part": part, "weight": weight, "share_ppb": share}
            for (part, weight), share in zip(parts, of, strict=True)
        ]
    return pa.Table.from_pylist(out, schema=SCHEMA)
