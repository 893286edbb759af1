"""SQL of silver, from a contract: bronze rows → classified rows (newest, older version, refused), duplicates folded.

DuckDB's dialect: it is run in a task, on the rows of whole keys (``conform``). Every function returns a SELECT over
named relations. Order of arrival plays no part in which row wins: versions go by number, equal versions with different
content by upstream's version time, then content. A submitted file's version number is its time of receipt, of another
scale than the platform's: it comes after the platform's versions of that time and before the later ones.
"""

from __future__ import annotations

from spark_jobs.contract_sql import RAW, Check, failed_array, quoted, row_checks, typed_select, window_checks
from spark_jobs.contracts import Contract
from spark_jobs.ingest.parsers.rows import FILLED_KEY

UNKNOWN_PERIOD = "unknown"
VERSION_CONFLICT = Check("version_conflict", "quarantine", "", "", "同一主键同一版本内容不一致，以更新时间较晚者为准")
_PLACE = "CONCAT_WS('/', receipt_window, payload_sm3, CAST(row_no AS VARCHAR))"
_RECEIPT = "received_at, receipt_window, payload_sm3, row_no"


def keyed_select(contract: Contract, relation: str, references: dict[str, str]) -> str:
    """Typed rows with ``silver_period``, ``business_key``, ``version_no``, ``upstream_known``, ``content_json``."""
    typed = typed_select(contract, relation, references)
    version = f"CAST({contract.version_field} AS BIGINT)" if contract.version_field else "CAST(1 AS BIGINT)"
    upstream_known = contract.known_from_field or "CAST(NULL AS TIMESTAMPTZ)"
    return f"""
      SELECT *, COALESCE(period_text, '{UNKNOWN_PERIOD}') AS silver_period, {business_key(contract)} AS business_key,
        {version} AS version_no, CAST({upstream_known} AS TIMESTAMPTZ) AS upstream_known,
        {content_json(contract)} AS content_json
      FROM ({typed}) AS typed"""


def business_key(contract: Contract) -> str:
    """SQL text of a row's key: typed where it can be read, else as the upstream wrote it."""
    raw = {f.name for f in contract.fields}
    parts = []
    for name in contract.key:
        typed = f"CAST({name} AS VARCHAR)"
        if contract.field(name).type == "timestamp":
            typed = f"STRFTIME({name}, '%Y-%m-%d %H:%M:%S')"
        parts.append(f"COALESCE({typed}, {f'TRIM({RAW}{name}), ' if name in raw else ''}'')")
    return f"CONCAT_WS('|', {', '.join(parts)})"


def content_json(contract: Contract) -> str:
    """SQL of the row's content: its contract fields as trimmed text, a JSON object in the contract's order."""
    pairs = ", ".join(f"{name} := TRIM({RAW}{name})" for name in contract.field_names)
    return f"CAST(TO_JSON(STRUCT_PACK({pairs})) AS VARCHAR)"


def touched_select(contract: Contract, keyed: str, windows: str, changed: str) -> str:
    """Periods to rebuild: of all versions of the keys received in ``windows``, and of rows that join ``changed``."""
    parts = [f"SELECT business_key FROM {keyed} WHERE receipt_window IN (SELECT receipt_window FROM {windows})"]
    parts += [
        f"SELECT business_key FROM {keyed} WHERE {by} IN (SELECT value FROM {changed} WHERE \"by\" = '{by}')"
        for by in sorted({join.by for join in contract.joins})
    ]
    keys = " UNION ALL ".join(parts)
    return f"SELECT DISTINCT silver_period FROM {keyed} WHERE business_key IN ({keys})"


def needed_select(keyed: str, touched: str) -> str:
    """Rows needed to rebuild the ``touched`` periods: theirs, and the other versions of their keys."""
    inside = f"SELECT business_key FROM {keyed} WHERE silver_period IN (SELECT silver_period FROM {touched})"
    return f"SELECT * FROM {keyed} WHERE business_key IN ({inside})"


def classified_select(contract: Contract, keyed: str) -> str:
    """Distinct rows of ``keyed`` with ``failed``, ``warnings`` (rule ids), ``known_from`` and ``known_to``.

    A row is silver where ``failed`` is empty, else quarantine. Rows that say the same again are folded into the first
    received one as ``duplicate_receipts``. An unreadable row repeats nothing.
    """
    checked = _checked(contract, _distinct(contract, keyed))
    ranked = f"""
      SELECT *, LEN(rule_failed) = 0 AS ok, ROW_NUMBER() OVER (
          PARTITION BY business_key, version_no, LEN(rule_failed) = 0
          ORDER BY upstream_known DESC NULLS LAST, content_json DESC) AS version_rank,
        COALESCE(upstream_known, received_at) AS known_from
      FROM ({checked}) AS checked"""
    placed, course = _placed(contract, ranked)
    return f"""
      SELECT *, LEAD(known_from) OVER (
          PARTITION BY business_key, ok AND version_rank = 1 ORDER BY {course}) AS known_to,
        CASE WHEN ok AND version_rank > 1 THEN ['{VERSION_CONFLICT.rule_id}'] ELSE rule_failed END AS failed
      FROM ({placed}) AS placed"""


def _placed(contract: Contract, ranked: str) -> tuple[str, str]:
    """``ranked`` and the order of a key's versions: by number, and between platform and submitted files by time.

    A platform version counts from the latest time of it and those before, so that its own order is always by number.
    """
    if not (contract.submission and contract.submission.receipt_version):
        return ranked, "version_no"
    scale = f"""CONTAINS(COALESCE(extra_json, ''), '"{FILLED_KEY}":')"""
    reached = f"""
      SELECT *, MAX(known_from) OVER (
          PARTITION BY business_key, ok AND version_rank = 1, {scale} ORDER BY version_no) AS reached
      FROM ({ranked}) AS ranked"""
    return reached, "reached, version_no"


def _distinct(contract: Contract, keyed: str) -> str:
    same = "PARTITION BY business_key, version_no, same_content"
    blocking = failed_array([c for c in row_checks(contract) if c.severity == "quarantine"])
    warning = failed_array([c for c in row_checks(contract) if c.severity == "warn"])
    told_apart = f"""
      SELECT *, CASE WHEN CONTAINS(COALESCE(extra_json, ''), '"_error":') THEN {_PLACE} ELSE content_json END
        AS same_content FROM {keyed}"""
    numbered = f"SELECT *, ROW_NUMBER() OVER ({same} ORDER BY {_RECEIPT}) AS copy_no FROM ({told_apart}) AS told_apart"
    folded = f"""
      SELECT *, COALESCE(LIST_SORT(LIST({_PLACE}) FILTER (WHERE copy_no > 1) OVER ({same})), CAST([] AS VARCHAR[]))
        AS duplicate_receipts FROM ({numbered}) AS numbered"""
    judged = f"""
      SELECT *, {blocking} AS row_failed, {warning} AS row_warned FROM ({folded}) AS folded WHERE copy_no = 1"""
    return f"SELECT *, LEN(row_failed) = 0 AS row_ok FROM ({judged}) AS judged"


def _checked(contract: Contract, distinct: str) -> str:
    """Window rules see the distinct rows of one period, whatever else is rebuilt with it."""
    checks = [
        Check(c.rule_id, c.severity, c.field, _within_period(c.sql), c.reason_zh) for c in window_checks(contract)
    ]
    blocking = failed_array([check for check in checks if check.severity == "quarantine"])
    warning = failed_array([check for check in checks if check.severity == "warn"])
    return f"""
      SELECT *, LIST_CONCAT(row_failed, window_failed) AS rule_failed,
        LIST_CONCAT(row_warned, window_warned) AS warnings
      FROM (SELECT *, {blocking} AS window_failed, {warning} AS window_warned FROM ({distinct}) AS distinct_rows)
        AS window_judged"""


def _within_period(sql: str) -> str:
    return sql.replace("PARTITION BY ", "PARTITION BY silver_period, ")


def output_select(contract: Contract, classified: str) -> str:
    """Classified rows as ``conform`` returns them: silver's columns, and for refused rows quarantine's."""
    typed = [f.name for f in contract.columns if f.name != "period"]
    own = ["business_key", "version_no", "silver_period AS period", "known_from", "known_to"]
    own += ["payload_sm3", "row_no", "receipt_window", "warnings", "duplicate_receipts", "content_json"]
    return f"SELECT {', '.join([*typed, *own, *_refusal(contract)])} FROM {classified}"


def _refusal(contract: Contract) -> list[str]:
    checks = {check.rule_id: check for check in (*row_checks(contract), *window_checks(contract))}
    checks[VERSION_CONFLICT.rule_id] = VERSION_CONFLICT
    reasons = _map({rule: quoted(check.reason_zh) for rule, check in checks.items()})
    fields = _map({rule: quoted(check.field) for rule, check in checks.items()})
    field = f"COALESCE({fields}[failed[1]], '')"
    values = " ".join(f"WHEN {quoted(name)} THEN {RAW}{name}" for name in contract.field_names)
    told = f"ARRAY_TO_STRING(LIST_TRANSFORM(failed, lambda rule: {reasons}[rule]), '；')"
    refused = "LEN(failed) > 0"
    return [
        "failed AS rule_ids",
        f"CASE WHEN {refused} THEN CONCAT_WS('：', {told}, JSON_EXTRACT_STRING(extra_json, '$._error')) END "
        "AS reason_zh",
        f"CASE WHEN {refused} THEN {field} END AS refused_field",
        f"CASE WHEN {refused} THEN CASE {field} {values} END END AS refused_value",
        f"CASE WHEN NOT {refused} THEN NULL WHEN extra_json IS NULL THEN content_json "
        "ELSE CONCAT(content_json[:-2], ',\"_extra\":', extra_json, '}') END AS row_json",
    ]


def _map(pairs: dict[str, str]) -> str:
    return f"MAP {{{', '.join(f'{quoted(key)}: {value}' for key, value in pairs.items())}}}"
