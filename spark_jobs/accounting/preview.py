"""What a proposed factor would change, by enterprise and month, before it is adopted. Reads gold, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from spark_jobs.accounting.accounts import boundaries, methods
from spark_jobs.accounting.apply_factors import EMISSION_SCHEMA, apply_factors
from spark_jobs.accounting.in_force import State
from spark_jobs.engine.lake_reader import local_day

_KEY = "activity_id, gas, chain, electricity_series"
_QUESTION = f"""
SELECT a.activity_id, a.activity_class, f.fuel_set, a.activity_type, a.quantity, a.unit,
  {local_day("a.period_start")} AS date, s.region, s.series, a.source_record_ids[1] AS record_id,
  a.ncv_measured, a.carbon_content_measured, a.oxidation_measured, a.method, a.method_tier,
  a.entity_id, a.sector, a.period_month, a.boundary, a.evidence, a.counted_in_city AND a.memo_item = '' AS counted
FROM (SELECT * FROM {{activity}} WHERE known_to IS NULL AND activity_class = 'energy' AND {{where}}) a
JOIN accounts s ON s.boundary = a.boundary AND s.evidence = a.evidence
JOIN fuel_sets f ON f.method = a.method"""
_CHANGE = f"""
WITH old AS (SELECT {_KEY}, mass_kg, factor_id, factor_version FROM old_rows),
new AS (SELECT {_KEY}, mass_kg, factor_id, factor_version FROM new_rows),
line AS (
  SELECT COALESCE(old.activity_id, new.activity_id) AS activity_id, COALESCE(old.gas, new.gas) AS gas,
    COALESCE(old.chain, new.chain) AS chain,
    COALESCE(old.electricity_series, new.electricity_series) AS electricity_series,
    CAST(COALESCE(old.mass_kg, 0) / 1000 AS DECIMAL(38, 15)) AS old_t,
    CAST(COALESCE(new.mass_kg, 0) / 1000 AS DECIMAL(38, 15)) AS new_t
  FROM old FULL JOIN new USING ({_KEY})
  WHERE old.factor_id IS DISTINCT FROM new.factor_id OR old.factor_version IS DISTINCT FROM new.factor_version
    OR old.mass_kg IS DISTINCT FROM new.mass_kg
)
SELECT q.entity_id AS enterprise_code, q.sector, q.period_month AS month, q.boundary, n.account,
  o.account IS NOT NULL AS is_official, line.gas, line.chain, COUNT(*) AS lines,
  SUM(old_t) AS old_t, SUM(new_t) AS new_t, SUM(new_t) - SUM(old_t) AS change_t,
  SUM(CASE WHEN q.counted THEN new_t - old_t ELSE 0 END) AS change_counted_t
FROM line
JOIN question q USING (activity_id)
JOIN named n ON n.boundary = q.boundary AND n.evidence = q.evidence AND n.series = line.electricity_series
LEFT JOIN official o ON o.entity_id = q.entity_id AND o.period_month = q.period_month
  AND o.boundary = q.boundary AND o.account = n.account
GROUP BY ALL
ORDER BY q.boundary, n.account, line.gas, line.chain, ABS(SUM(new_t) - SUM(old_t)) DESC, q.entity_id, q.period_month"""
_OFFICIAL = """
SELECT DISTINCT entity_id, period_month, boundary, account FROM {emission} WHERE is_official AND known_to IS NULL"""


@dataclass(frozen=True)
class Preview:
    """`change`: enterprise × month × boundary × account × gas × chain, in t; sums over accounts are meaningless.

    `lines` are the emission rows that would be reckoned anew, of `all_lines` current ones.
    """

    change: pa.Table
    lines: int
    all_lines: int
    unaccounted: int


def preview(
    lake: duckdb.DuckDBPyConnection, activity: str, emission: str, where: str, old: State, new: State
) -> Preview:
    """Compare two states over current activity for which `where` holds; both relations are FROM clauses of `lake`."""
    _register(lake)
    lake.execute(f"CREATE OR REPLACE TEMP TABLE question AS {_QUESTION.format(activity=activity, where=where)}")
    lake.execute(f"CREATE OR REPLACE TEMP TABLE official AS {_OFFICIAL.format(emission=emission)}")
    rows = lake.sql("SELECT * FROM question").to_arrow_table()
    results = [_under(rows, state) for state in (old, new)]
    for name, (found, _) in zip(("old_rows", "new_rows"), results, strict=True):
        lake.register(name, found)
    change = lake.sql(_CHANGE).to_arrow_table()
    total = lake.sql(f"SELECT COUNT(*) FROM {emission} WHERE known_to IS NULL").fetchone()
    lines = sum(change["lines"].to_pylist())
    return Preview(change, lines, int(total[0]) if total else 0, results[1][1])


def _under(rows: pa.Table, state: State) -> tuple[pa.Table, int]:
    """Emission of the rows under a state, and how many (activity, series) found no factor."""
    from spark_jobs.engine.reckoned import with_methods

    found = apply_factors(with_methods(rows, state), state.library)
    return found.emission.select(EMISSION_SCHEMA.names), found.unaccounted.num_rows


def _register(lake: duckdb.DuckDBPyConnection) -> None:
    pairs = [(b, e, series) for b in boundaries().values() for e, series in b.series.items()]
    lake.register(
        "accounts",
        pa.table(
            {
                "boundary": [b.name for b, _, _ in pairs],
                "evidence": [e for _, e, _ in pairs],
                "region": [b.region for b, _, _ in pairs],
                "series": pa.array([list(s) for _, _, s in pairs], pa.list_(pa.string())),
            }
        ),
    )
    single = [(b, e, s) for b, e, series in pairs for s in series]
    lake.register(
        "named",
        pa.table(
            {
                "boundary": [b.name for b, _, _ in single],
                "evidence": [e for _, e, _ in single],
                "series": [s for _, _, s in single],
                "account": [b.account(e, s) for b, e, s in single],
            }
        ),
    )
    known = methods()
    fuel_sets = [str(known[m]["fuel_set"]) for m in known]
    lake.register("fuel_sets", pa.table({"method": list(known), "fuel_set": fuel_sets}))
