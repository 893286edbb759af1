"""The passport of a figure: what a mart's cell is made of, from the serving file alone.

``query`` runs one SQL statement on a release's DuckDB file and returns rows as dictionaries; that is all this module
needs, so the visualization centre can use it with its own connection. ``line_rule`` is the viewer's row rule as SQL
over the lines table: lines it hides are summed up, never listed.
"""

from __future__ import annotations

from collections.abc import Callable

from spark_jobs.provenance.cell import Cell, Row, Term, UntraceableError, literal, resolve

Query = Callable[[str], list[Row]]
RELATIVE_TOLERANCE = 1e-9
# Measures are DECIMAL(38, 15): each line may be off by half of the last place.
LAST_PLACE = 1e-15
SHOWN = 100
_RECORD_COLUMNS = (
    "record_id, feed, silver_table, business_key, version_no, period, known_from, payload_sm3, row_no, receipt_window, "
    "content_json"
)


def mart_entry(query: Query, mart: str) -> Row:
    """What the release says of a mart: title, grain, trace rule; UntraceableError lists the marts."""
    found = query(f"select * from ops_release_mart where mart = {literal(mart)}")
    if not found:
        known = ", ".join(row["mart"] for row in query("select mart from ops_release_mart order by mart"))
        raise UntraceableError(f"no mart {mart!r} in this release; there are: {known}")
    return found[0]


def find_row(query: Query, mart: str, grain: list[str], key: Row) -> Row:
    """The one mart row of that key; UntraceableError where none or several match."""
    unknown = sorted(set(key) - set(grain))
    if unknown:
        raise UntraceableError(f"{mart} has the grain {', '.join(grain)}; not among them: {', '.join(unknown)}")
    condition = " and ".join(f"{name} is not distinct from {literal(value)}" for name, value in key.items()) or "true"
    rows = query(f'select * from "{mart}" where {condition} limit 2')
    if len(rows) != 1:
        missing = [name for name in grain if name not in key]
        hint = f"; give also {', '.join(missing)}" if rows and missing else ""
        raise UntraceableError(f"{'several rows' if rows else 'no row'} of {mart} where {condition}{hint}")
    return rows[0]


def cell_of(query: Query, mart: str, row: Row, measure: str) -> tuple[Cell, Row]:
    """The resolved cell and the mart's entry."""
    import json

    entry = mart_entry(query, mart)
    trace = json.loads(entry["trace"]) if isinstance(entry["trace"], str) else entry["trace"]
    return resolve(mart, list(entry["grain"]), trace or {}, row, measure), entry


def term_value(query: Query, term: Term) -> tuple[float | None, int]:
    """(sum over the term's lines or NULL, number of lines)."""
    found = query(f"select sum({term.value})::double as total, count(*) as n from {term.lines} where {term.condition}")
    return found[0]["total"], int(found[0]["n"])


def recompute(query: Query, cell: Cell) -> tuple[float | None, dict[str, tuple[float | None, int]]]:
    """(the cell's value from its lines, term → (sum, lines))."""
    sums = {term.name: term_value(query, term) for term in cell.terms}
    columns = ", ".join(f"{'null' if v is None else repr(v)}::double as {name}" for name, (v, _) in sums.items())
    value = query(f"select ({cell.formula})::double as value from (select {columns})")[0]["value"]
    return value, sums


def agrees(published: object, recomputed: float | None, lines: int) -> bool:
    """Equal within 1e-9 relative (and the rounding of DECIMAL measures)."""
    if published is None:
        return recomputed is None or recomputed == 0
    recomputed = 0.0 if recomputed is None and not lines else recomputed
    if recomputed is None:
        return False
    difference = abs(float(published) - recomputed)  # type: ignore[arg-type]
    return difference <= RELATIVE_TOLERANCE * abs(recomputed) + LAST_PLACE * max(lines, 1)


def passport(query: Query, mart: str, key: Row, measure: str, line_rule: str = "", shown: int = SHOWN) -> Row:
    """Everything a reader needs to check a figure; see the module docstring.

    Returns release facts, the cell, and for each term its lines (largest first) with factor, activity, evidence and
    source records. ``adds_up`` says whether the lines give the published figure.
    """
    entry = mart_entry(query, mart)
    row = find_row(query, mart, list(entry["grain"]), key)
    cell, _ = cell_of(query, mart, row, measure)
    value, sums = recompute(query, cell)
    columns = query(f"select column_name, label_zh, unit from ops_release_column where mart = {literal(mart)}")
    labels = {column["column_name"]: column for column in columns}
    release = query("select * from ops_release")[0]
    return {
        "release": release,
        "tables": query("select * from ops_release_table order by table_name"),
        "notices": query("select * from ops_notice order by since"),
        "mart": mart,
        "title_zh": entry["title_zh"],
        "description": entry["description"],
        "key_labels": {name: labels[name]["label_zh"] for name in entry["grain"]},
        "key": {name: row[name] for name in entry["grain"]},
        "measure": measure,
        "label_zh": labels[measure]["label_zh"],
        "unit": labels[measure]["unit"],
        "published": row[measure],
        "recomputed": value,
        "adds_up": agrees(row[measure], value, sum(n for _, n in sums.values())),
        "formula": cell.formula if len(cell.terms) > 1 else "",
        "terms": [_term(query, term, sums[term.name], line_rule, shown) for term in cell.terms],
    }


def _term(query: Query, term: Term, total: tuple[float | None, int], line_rule: str, shown: int) -> Row:
    visible = f"({term.condition})" + (f" and ({line_rule})" if line_rule else "")
    lines = query(
        f"select * from (select *, ({term.value})::double as part_value from {term.lines} where {visible}) "
        f"order by abs(part_value) desc nulls last limit {int(shown)}"
    )
    rest = query(f"select sum({term.value})::double as total, count(*) as n from {term.lines} where {visible}")[0]
    records = _records(query, lines)
    for line in lines:
        line["records"] = [records[i] for i in line.get("source_record_ids") or [] if i in records]
    listed = sum(line["part_value"] or 0.0 for line in lines)
    return {
        "name": term.name,
        "lines_table": term.lines,
        "condition": term.condition,
        "total": total[0],
        "line_count": total[1],
        "lines": lines,
        "not_listed_count": int(rest["n"]) - len(lines),
        "not_listed_total": (rest["total"] or 0.0) - listed,
        "hidden_count": total[1] - int(rest["n"]),
        "hidden_total": (total[0] or 0.0) - (rest["total"] or 0.0),
        "factors": _factors(query, lines),
    }


def _records(query: Query, lines: list[Row]) -> dict[str, Row]:
    ids = sorted({record for line in lines for record in line.get("source_record_ids") or []})
    if not ids:
        return {}
    wanted = ", ".join(literal(record) for record in ids)
    rows = query(f"select {_RECORD_COLUMNS} from fct_source_record where record_id in ({wanted})")
    return {row["record_id"]: row for row in rows}


def _factors(query: Query, lines: list[Row]) -> list[Row]:
    used: set[tuple[str, str]] = set()
    for line in lines:
        ids = str(line.get("factor_id") or "").split("*")
        versions = str(line.get("factor_version") or "").split("*")
        used |= set(zip(ids, versions, strict=False))
        for name in ("calorific_factor_id", "coal_factor_id", "coal_equal_factor_id"):
            used |= {(part, "") for part in str(line.get(name) or "").split("*") if part}
    if not used:
        return []
    either = " or ".join(
        f"(factor_id = {literal(i)}" + (f" and factor_version = {literal(v)})" if v else ")") for i, v in sorted(used)
    )
    return query(f"select * from dim_factor where {either} order by factor_id, factor_version")
