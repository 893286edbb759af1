"""What the emission step asks of gold.activity, as Spark SQL over the view activity_months."""

from __future__ import annotations

from spark_jobs.accounting.accounts import boundaries, status_order
from spark_jobs.engine.activity_spec import method_columns

EMITTING = "activity_class IN ('energy', 'co2_statement')"


def official_sql() -> str:
    """SELECT entity_id, period_month, boundary, official_account over the view activity_months.

    The candidate with the highest status wins, its status being that of its lowest current row; ties go to the
    candidate that stands first. Superseded rows follow the current choice: an entity and month never mix accounts.
    """
    rank = " ".join(f"WHEN '{status}' THEN {i}" for i, status in enumerate(status_order()))
    candidates = ", ".join(
        f"('{name}', '{account}', '{account.split(':')[0]}', {place})"
        for name, boundary in boundaries().items()
        for place, account in enumerate(boundary.official)
    )
    return f"""SELECT entity_id, period_month, boundary,
  MIN_BY(account, STRUCT(-status_rank, place)) AS official_account
FROM (
  SELECT a.entity_id, a.period_month, a.boundary, c.account, c.place,
    MIN(CASE a.verification_status {rank} END) AS status_rank
  FROM activity_months a
  JOIN (VALUES {candidates}) AS c (boundary, account, evidence, place)
    ON c.boundary = a.boundary AND c.evidence = a.evidence
  WHERE {EMITTING} AND a.known_to IS NULL
  GROUP BY a.entity_id, a.period_month, a.boundary, c.account, c.place
)
GROUP BY entity_id, period_month, boundary"""


def question_sql(official: bool) -> str:
    """Emitting activity with what apply_factors asks of it, and its official account where wanted."""
    sets = " ".join(f"WHEN '{name}' THEN '{fuel_set}'" for name, (_, fuel_set) in method_columns().items())
    regions = " ".join(f"WHEN '{name}' THEN '{b.region}'" for name, b in boundaries().items())
    series = " ".join(
        f"WHEN a.boundary = '{name}' AND a.evidence = '{evidence}' THEN ARRAY({', '.join(repr(s) for s in listed)})"
        for name, boundary in boundaries().items()
        for evidence, listed in boundary.series.items()
    )
    account, join = "", ""
    if official:
        account = "o.official_account, "
        join = f"""LEFT JOIN ({official_sql()}) o
  ON o.entity_id = a.entity_id AND o.period_month = a.period_month AND o.boundary = a.boundary"""
    return f"""SELECT a.*, {account}CASE a.method {sets} END AS fuel_set,
  DATE_FORMAT(a.period_start, 'yyyy-MM-dd') AS date, CASE a.boundary {regions} END AS region,
  CASE {series} END AS series, ELEMENT_AT(a.source_record_ids, 1) AS record_id
FROM activity_months a
{join}
WHERE {EMITTING} AND CASE {series} END IS NOT NULL"""
