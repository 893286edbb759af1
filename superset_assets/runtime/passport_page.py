"""``/passport``: what a figure is made of, as a page, under its viewer's own rights; every view is audited."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import yaml
from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_login import current_user

from spark_jobs.provenance.cell import UntraceableError
from spark_jobs.provenance.passport import find_row
from spark_jobs.provenance.passport import passport as build
from superset_assets.runtime.event_log import audit
from superset_assets.runtime.landed_bytes import recompute
from superset_assets.runtime.passport_row import NotForYou, check_row, dataset_of, release_query, row_rule

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LOCAL_TZ = ZoneInfo("Asia/Shanghai")
TERMS = TEMPLATES.parent / "spec" / "terms.yaml"
# Names that the release itself has for codes on the lines.
ENERGY_NAMES = "select energy_type as code, energy_type_zh as label from dim_energy_type"
FEED_NAMES = "select distinct feed as code, feed_zh as label from fct_ledger_window"
passport = Blueprint("passport", __name__, template_folder=str(TEMPLATES))


@passport.app_template_filter("figure")
def figure(value: Any) -> str:
    """A number as people read it: thousands apart, at most six significant decimals, no trailing zeros."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float, Decimal)):
        text = f"{float(value):,.6f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


@passport.app_template_filter("moment")
def moment(value: Any) -> str:
    """A time in Shanghai's clock."""
    if isinstance(value, datetime):
        return (value.astimezone(LOCAL_TZ) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else str(value or "—")


@passport.app_template_filter("fields")
def fields(value: Any) -> dict[str, Any]:
    """A source record's content as name → value."""
    return json.loads(value) if isinstance(value, str) and value else (value or {})


def _page(status: int, **context: Any) -> Response:
    response = make_response(render_template("passport.html", **context), status)
    response.headers["Cache-Control"] = "no-store"
    return response


@passport.get("/passport")
def show() -> Response:
    """Query: ``mart``, ``measure``, and each column of the mart's grain. 404 for what is not there or not allowed."""
    if not current_user.is_authenticated:
        return redirect("/login/?" + urlencode({"next": request.full_path}))
    values = {name: value for name, value in request.args.items() if name not in {"mart", "measure"}}
    mart, measure = request.args.get("mart", ""), request.args.get("measure", "")
    what = {"mart": mart, "measure": measure, "row": values}
    try:
        table = dataset_of(mart)
        check_row(table, values)
        with release_query(table) as query:
            found = build(query, mart, values, measure, line_rule=row_rule(table))
            row = find_row(query, mart, list(found["key"]), values)
            names = {kind: _codes(query(sql)) for kind, sql in (("energy", ENERGY_NAMES), ("feed", FEED_NAMES))}
    except NotForYou:
        audit("passport_refused", user=current_user.username, **what)
        return _page(404, refused="没有这一行数据，或不在您的查看范围内。")
    except UntraceableError as error:
        audit("passport_refused", user=current_user.username, reason=str(error), **what)
        return _page(404, refused="这个数没有可展开的组成。")
    audit("passport", user=current_user.username, release=found["release"]["release_id"], **what)
    key = {label.split("（")[0]: _in_words(name, row) for name, label in found["key_labels"].items()}
    return _page(200, passport=found, landed=recompute(found), key=key, names=names, terms=terms())


def _codes(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["code"]: row["label"] for row in rows}


def _in_words(column: str, row: dict[str, Any]) -> str:
    """A key's value with its Chinese name beside it, where the mart's row has one."""
    stem = column.removesuffix("_code")
    label = row.get(f"{stem}_zh") or row.get(f"{stem}_name")
    value = row[column]
    if value in (None, ""):
        return "—"
    return f"{label}（{value}）" if label and label != value else str(value)


@lru_cache(maxsize=1)
def terms() -> dict[str, dict[str, str]]:
    """Chinese names of codes, from ``spec/terms.yaml``."""
    return yaml.safe_load(TERMS.read_text(encoding="utf-8"))
