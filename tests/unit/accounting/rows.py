"""Builds activity tables for tests of the accounting functions."""

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("activity_id", pa.string()),
        ("activity_class", pa.string()),
        ("fuel_set", pa.string()),
        ("activity_type", pa.string()),
        ("quantity", pa.float64()),
        ("unit", pa.string()),
        ("date", pa.string()),
        ("region", pa.string()),
        ("series", pa.list_(pa.string())),
        ("record_id", pa.string()),
        ("ncv_measured", pa.float64()),
        ("carbon_content_measured", pa.float64()),
        ("oxidation_measured", pa.float64()),
    ]
)
ALL_SERIES = ["sh_guide", "mee_province", "ets_national", "lca_national"]


def activity(*rows: dict[str, object]) -> pa.Table:
    """Return an activity table; each row needs activity_type, quantity and unit, the rest has defaults of 2026."""
    base = {"activity_class": "energy", "fuel_set": "cn_guideline", "date": "2026-05-01", "region": "CN-SH"}
    full = [
        {"activity_id": f"a{i}", "record_id": f"r{i}", "series": ["sh_guide"], **base, **row}
        for i, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(full, schema=SCHEMA)
