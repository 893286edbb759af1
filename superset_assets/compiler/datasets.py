"""Database and dataset files of the bundle."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec

# Replaced at deployment: the bundle knows no machine.
SERVING_URI = "{serving_uri}"
TIME_TYPES = {"DATE", "TIMESTAMP"}


def database_file(spec: Spec) -> tuple[str, dict[str, Any]]:
    """(path in the bundle, content)."""
    name = spec.database["key"]
    return f"databases/{name}.yaml", {
        "database_name": spec.database["name"],
        "sqlalchemy_uri": SERVING_URI,
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": key("database", name),
        "version": "1.0.0",
    }


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


def dataset_file(spec: Spec, name: str) -> tuple[str, dict[str, Any]]:
    """(path in the bundle, content) of one dataset, which is a table of the serving file."""
    dataset = spec.datasets[name]
    columns = [_column(column, kind, label, None) for column, (kind, label) in dataset["columns"].items()]
    columns += [
        _column(column, kind, label, sql) for column, (kind, label, sql) in dataset.get("calculated", {}).items()
    ]
    return f"datasets/{spec.database['key']}/{name}.yaml", {
        "table_name": name,
        "main_dttm_col": dataset.get("time"),
        "description": dataset["title"] + ("。" + dataset["note"] if dataset.get("note") else ""),
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": spec.database["schema"],
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": key("dataset", name),
        "metrics": [_metric(metric, *parts) for metric, parts in dataset.get("metrics", {}).items()],
        "columns": columns,
        "version": "1.0.0",
        "database_uuid": key("database", spec.database["key"]),
    }
