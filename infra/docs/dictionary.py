"""The data dictionary as one Chinese HTML page: every table from bronze to the marts, with columns, units and rules."""

from __future__ import annotations

from html import escape
from typing import Any

from spark_jobs.contracts import Contract, load_contracts
from spark_jobs.engine.fleet import live_tables
from spark_jobs.provenance.mart_spec import MartSpec
from spark_jobs.provenance.registry import LakeTable, lake_tables

_LAYERS = {"bronze": "贴源层", "silver": "整合层", "gold": "核算层", "ops": "运行记录"}
STYLE = """
body{font:14px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1d2733;margin:24px auto;
max-width:1200px;padding:0 16px}
h1{font-size:22px}h2{font-size:18px;margin-top:32px;border-bottom:1px solid #d5dce4}h3{font-size:15px;margin:22px 0 4px}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #e1e6ec;padding:3px 8px;text-align:left}
th{background:#f4f6f9}code{font-family:monospace}.s{color:#5b6876}nav a{margin-right:14px}
"""


def document(title: str, body: str) -> str:
    """A self-contained page."""
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _rows(headers: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in headers)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _table(table: LakeTable, contract: Contract | None) -> str:
    columns = [[c.name, c.zh, c.type.lower(), c.unit, c.note] for c in table.columns]
    facts = f"粒度：{table.grain}。作业：{table.job}。工作流：{table.dag}。来自：{'、'.join(table.inputs) or '—'}"
    rules = ""
    if contract is not None and table.layer == "silver":
        checks = [[rule.id, rule.reason_zh, rule.rendered(), _sources(rule)] for rule in contract.rules]
        rules = f"<p>校验规则</p>{_rows(['规则', '说明', '条件', '界限出处'], checks)}" if checks else ""
    return (
        f'<h3 id="{table.name}"><code>{table.name}</code> {escape(table.title_zh)}</h3><p class="s">{escape(facts)}</p>'
        f"{_rows(['字段', '名称', '类型', '单位', '备注'], columns)}{rules}"
    )


def _sources(rule: Any) -> str:
    return "；".join(f"{name} = {p.value:g} {p.unit}（{p.source}）" for name, p in rule.parameters.items())


def _mart(spec: MartSpec) -> str:
    columns = [[c.name, c.zh, c.data_type, c.unit] for c in spec.columns]
    return (
        f'<h3 id="{spec.name}"><code>{spec.name}</code> {escape(spec.title_zh)}</h3>'
        f'<p class="s">{escape(spec.description)}</p>{_rows(["字段", "名称", "类型", "单位"], columns)}'
    )


def _live(name: str, entry: dict[str, Any]) -> str:
    columns = [*entry.get("key", []), *entry["columns"]]
    cells = [[c["name"], c["zh"], c["type"].lower(), c.get("unit", ""), c.get("note", "")] for c in columns]
    return (
        f'<h3 id="{name}"><code>{name}</code> {escape(entry["title_zh"])}</h3>'
        f'<p class="s">{escape("粒度：" + entry["grain"])}</p>'
        f"{_rows(['字段', '名称', '类型', '单位', '备注'], cells)}"
    )


def page(specs: list[MartSpec]) -> str:
    """The dictionary: marts first, as most readers come for them, then the layers behind."""
    contracts = load_contracts()
    tables = lake_tables().values()
    nav = '<a href="#marts">数据集市</a><a href="#live">实时库</a>'
    nav += "".join(f'<a href="#{key}">{name}</a>' for key, name in _LAYERS.items())
    parts = [f"<h1>数据字典</h1><nav>{nav}</nav>", '<h2 id="marts">数据集市</h2>', *(_mart(spec) for spec in specs)]
    parts += ['<h2 id="live">实时库</h2>', *(_live(name, entry) for name, entry in live_tables.dictionary().items())]
    for layer, name in _LAYERS.items():
        parts.append(f'<h2 id="{layer}">{name}</h2>')
        parts += [_table(table, contracts.get(table.feed)) for table in tables if table.layer == layer]
    return document("数据字典", "".join(parts))
