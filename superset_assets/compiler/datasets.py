"""Database and dataset files of the bundle."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec

# Replaced at deployment: the bundle knows no machine.
SERVING_URI, LIVE_URI = "{serving_uri}", "{live_uri}"
NOT_CACHED = -1  # Superset's own sign
# Tables that a release says of itself; dbt's contracts cover the other ones.
RELEASE_PREFIX = "ops_"
TIME_TYPES = {"DATE", "TIMESTAMP"}


def database_of(spec: Spec, dataset: dict[str, Any]) -> dict[str, Any]:
    """Entry of the database a dataset is read from: the released file, or the live one."""
    return spec.base["live_database" if dataset.get("live") else "database"]


def database_files(spec: Spec) -> list[tuple[str, dict[str, Any]]]:
    """(path in the bundle, content) of the released file and of the live one, which is neither cached nor in SQL Lab:
    there a query would pass by the rules of datasets.
    """
    released = _database(spec.base["database"], SERVING_URI, None, True)
    return [released, _database(spec.base["live_database"], LIVE_URI, NOT_CACHED, False)]


def _database(entry: dict[str, Any], uri: str, cached_s: int | None, in_sql_lab: bool) -> tuple[str, dict[str, Any]]:
    return f"databases/{entry['key']}.yaml", {
        "database_name": entry["name"],
        "sqlalchemy_uri": uri,
        "cache_timeout": cached_s,
        "expose_in_sqllab": in_sql_lab,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": key("database", entry["key"]),
        "version": "1.0.0",
    }


def time_column(dataset: dict[str, Any]) -> str | None:
    """The column of the dataset's time axis."""
    return dataset.get("time") or ("month_start" if "month" in dataset else None)


def _column(name: str, kind: str, label: str, expression: str | None) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": label,
        "is_dttm": kind in TIME_TYPES,
        "is_active": True,
        "type": kind,
        "advanced_data_type": None,
        "groupby": True,
        "filterable": True,
        "expression": expression,
        "description": None,
        "python_date_format": None,
        "extra": None,
    }


def _metric(name: str, expression: str, label: str, number_format: str) -> dict[str, Any]:
    return {
        "metric_name": name,
        "verbose_name": label,
        "metric_type": None,
        "expression": expression,
        "description": None,
        "d3format": number_format,
        "currency": None,
        "extra": None,
        "warning_text": None,
    }


def month_columns(dataset: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Columns that ``month`` adds: name → (type, Chinese name)."""
    if "month" not in dataset:
        return {}
    return {
        "month_start": ("TIMESTAMP", "月份"),
        "is_latest_month": ("BOOLEAN", "最新月份"),
        "is_latest_year": ("BOOLEAN", "最新年度"),
    }


def all_columns(base: dict[str, Any], dataset: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Physical columns of a dataset: the mart's, then those of its joins, then those of its month."""
    joined = {
        name: tuple(parts) for join in dataset.get("joins", []) for name, parts in base["joins"][join]["take"].items()
    }
    return {name: tuple(parts) for name, parts in dataset["columns"].items()} | joined | month_columns(dataset)


def calculated_columns(name: str, dataset: dict[str, Any]) -> dict[str, list[str]]:
    """Columns computed by Superset: the spec's own, and the link to a row's passport where the spec asks for one."""
    columns = dict(dataset.get("calculated", {}))
    if "passport" in dataset:
        link = f"'<a href=\"/passport?mart={name}&measure={dataset['passport']['measure']}'"
        parts = [f"'&{column}=' || {column}" for column in dataset["passport"]["grain"]]
        sql = " || ".join([link, *parts, '\'" target="_blank">护照</a>\''])
        columns["passport"] = ["VARCHAR", "溯源", sql]
    return columns


def dataset_sql(spec: Spec, name: str) -> str | None:
    """Query of a dataset that adds names or month columns to its mart; None for the bare table."""
    dataset, schema = spec.datasets[name], spec.base["database"]["schema"]
    if "sql" in dataset:
        return str(dataset["sql"])
    if not dataset.get("joins") and "month" not in dataset:
        return None
    columns = ["mart.*"]
    if "month" in dataset:
        # Charts sort a time axis by the clock, which a bare date is not.
        columns = ["mart.* REPLACE (CAST(mart.month_start AS TIMESTAMP) AS month_start)"]
        month = f"mart.{dataset['month']}"
        window = ", ".join(f"mart.{column}" for column in dataset.get("latest_by", []))
        newest = f"MAX({month}) OVER ({'PARTITION BY ' + window if window else ''})"
        columns.append(f"{month} = {newest} AS is_latest_month")
        columns.append(f"LEFT({month}, 4) = LEFT({newest}, 4) AS is_latest_year")
    tables = [f"{schema}.{dataset.get('mart', name)} AS mart"]
    for join in dataset.get("joins", []):
        rule = spec.base["joins"][join]
        columns += [f"{join}.{column}" for column in rule["take"]]
        tables.append(f"LEFT JOIN {schema}.{rule['table']} AS {join} ON {join}.{rule['on']} = mart.{rule['on']}")
    return "SELECT " + ", ".join(columns) + "\nFROM " + "\n".join(tables) + _months_shown(dataset, schema)


def _months_shown(dataset: dict[str, Any], schema: str) -> str:
    """WHERE of a dataset by month: from the first month that was received whole, to the newest of ``until``."""
    if "month" not in dataset:
        return ""
    month = f"mart.{dataset['month']}"
    where = f"\nWHERE {month} >= (SELECT MIN(month) FROM {schema}.dim_month WHERE is_whole)"
    if "until" in dataset:
        bound = dataset["until"]
        where += f"\n  AND {month} <= (SELECT MAX(month) FROM {schema}.{bound['mart']} WHERE {bound['where']})"
    return where


def certified(name: str, dataset: dict[str, Any]) -> bool:
    """Is the dataset a mart under contract (with names of codes added), not a query, live, or of the release itself?"""
    return (
        "sql" not in dataset
        and not dataset.get("live")
        and not str(dataset.get("mart", name)).startswith(RELEASE_PREFIX)
    )


def dataset_file(spec: Spec, name: str) -> tuple[str, dict[str, Any]]:
    """(path in the bundle, content) of one dataset, which is a table of the released or the live file."""
    dataset, database = spec.datasets[name], database_of(spec, spec.datasets[name])
    physical = all_columns(spec.base, dataset)
    columns = [_column(column, kind, label, None) for column, (kind, label) in physical.items()]
    columns += [
        _column(column, kind, label, sql) for column, (kind, label, sql) in calculated_columns(name, dataset).items()
    ]
    return f"datasets/{database['key']}/{name}.yaml", {
        "table_name": name,
        "main_dttm_col": time_column(dataset),
        "description": dataset["title"] + ("。" + dataset["note"] if dataset.get("note") else ""),
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": database["schema"],
        "sql": dataset_sql(spec, name),
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": {"certification": spec.base["certification"]} if certified(name, dataset) else None,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": key("dataset", name),
        "metrics": [_metric(metric, *parts) for metric, parts in dataset.get("metrics", {}).items()],
        "columns": columns,
        "version": "1.0.0",
        "database_uuid": key("database", database["key"]),
    }
