"""A passport as a self-contained Chinese page: no script, no request to anywhere. Plain standard library."""

from __future__ import annotations

import json
from html import escape
from typing import Any

_STYLE = """
body{font:14px/1.6 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;color:#1d2733;margin:24px auto;
max-width:1180px;padding:0 16px}
h1{font-size:20px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px;border-bottom:1px solid #d5dce4}
table{border-collapse:collapse;width:100%;margin:6px 0}th,td{border:1px solid #e1e6ec;padding:4px 8px;text-align:left;
vertical-align:top}th{background:#f4f6f9;font-weight:600}td.n{text-align:right;font-variant-numeric:tabular-nums}
.big{font-size:26px;font-weight:600}.ok{color:#17713f}.bad{color:#b3261e}.mark{background:#fff3cd;padding:1px 6px;
border-radius:3px}.notice{background:#fdecea;border-left:4px solid #b3261e;padding:8px 12px;margin:8px 0}
code{font:12px/1.5 "Noto Sans Mono CJK SC",monospace;word-break:break-all}details{margin:2px 0}
"""
_STATUS = {"submitted": "报送", "reviewed": "审核", "verified": "核查", "approved": "审定", "": "—"}
_VERIFIED = {
    "yes": "已核实",
    "partly": "部分核实",
    "derived": "推算",
    "computed": "计算",
    "no": "未核实",
    "reported": "单位自报",
}
_RUNG = {
    "measured": "单位实测", "exact": "完全匹配", "older": "较早年份", "regional": "区域", "national": "全国",
    "global": "国际", "reported": "单位自报",
}  # fmt: skip


def number(value: object) -> str:
    """A number for reading: grouped, at most six significant places after what matters."""
    if (
        value is None
        or isinstance(value, bool)
        or (not isinstance(value, (int, float)) and not hasattr(value, "as_tuple"))
    ):
        return "—" if value is None else escape(str(value))
    plain = float(str(value))
    return (
        f"{plain:,.0f}"
        if plain == int(plain) and abs(plain) < 1e15
        else f"{plain:,.6g}"
        if abs(plain) < 1
        else f"{plain:,.3f}"
    )


def page(passport: dict[str, Any]) -> str:
    """The whole HTML document."""
    title = f"数据护照 · {passport['title_zh']}"
    body = [_head(passport)]
    body += [_term(term) for term in passport["terms"]]
    body.append(_release(passport))
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _table(headers: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in headers)
    body = "".join("<tr>" + "".join(cells) + "</tr>" for cells in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _td(value: object) -> str:
    return f"<td>{escape('—' if value in (None, '') else str(value))}</td>"


def _num(value: object) -> str:
    return f'<td class="n">{number(value)}</td>'


def _head(passport: dict[str, Any]) -> str:
    release = passport["release"]
    verdict = (
        '<span class="ok">明细之和与发布值一致</span>'
        if passport["adds_up"]
        else (f'<span class="bad">明细重算为 {number(passport["recomputed"])}，与发布值不一致</span>')
    )
    marks = '<span class="mark">含模拟数据</span>' if release["is_simulated"] else ""
    notices = "".join(
        f'<div class="notice">{escape(n["notice_zh"])}（{escape(str(n["since"]))}）</div>' for n in passport["notices"]
    )
    labels = passport.get("key_labels") or {}
    key = _table(
        [labels.get(name, name) for name in passport["key"]], [[_td(value) for value in passport["key"].values()]]
    )
    formula = f"<p>公式：<code>{escape(passport['formula'])}</code></p>" if passport["formula"] else ""
    return (
        f"<h1>数据护照 · {escape(passport['title_zh'])} {marks}</h1>{notices}"
        f"<p>{escape(passport['description'])}</p>{key}"
        f'<p>{escape(passport["label_zh"])}</p><p class="big">{number(passport["published"])} '
        f"{escape(passport['unit'] or '')}</p><p>{verdict}</p>{formula}"
    )


def _term(term: dict[str, Any]) -> str:
    rows = [_line(line) for line in term["lines"]]
    headers = [
        "数值",
        "单位编码",
        "对象",
        "期间",
        "品种或活动",
        "活动数量",
        "因子（层级）",
        "核查状态",
        "来源记录与原始报文",
    ]
    rest = ""
    if term["not_listed_count"] > 0:
        rest += f"<p>未列出其余 {term['not_listed_count']} 条，合计 {number(term['not_listed_total'])}。</p>"
    if term["hidden_count"] > 0:
        rest += f"<p>另有 {term['hidden_count']} 条您无权查看的明细，合计 {number(term['hidden_total'])}。</p>"
    return (
        f"<h2>组成：{escape(term['name'])}，{term['line_count']} 条明细，合计 {number(term['total'])}</h2>"
        f"{_table(headers, rows)}{rest}{_factors(term['factors'])}"
    )


def _line(line: dict[str, Any]) -> list[str]:
    quantity = f"{number(line.get('quantity'))} {escape(str(line.get('unit') or ''))}" if "quantity" in line else "—"
    factor = escape(str(line.get("factor_id") or "—"))
    rung = _RUNG.get(str(line.get("factor_rung") or ""), "")
    kind = line.get("energy_type") or line.get("activity_type") or line.get("medium") or line.get("pollutant")
    place = line.get("period") or line.get("hour") or line.get("half_hour") or line.get("month") or line.get("year")
    return [
        _num(line["part_value"]),
        _td(line.get("enterprise_name") or line.get("enterprise_code")),
        _td(line.get("object_id") or line.get("meter_id") or line.get("ship_id")),
        _td(place),
        _td(kind),
        f'<td class="n">{quantity}</td>',
        f"<td>{factor}{f'（{rung}）' if rung else ''}</td>",
        _td(_STATUS.get(str(line.get("verification_status") or ""), line.get("verification_status"))),
        f"<td>{''.join(_record(record) for record in line['records']) or _payloads(line)}</td>",
    ]


def _record(record: dict[str, Any]) -> str:
    content = record.get("content_json")
    shown = f"<code>{escape(json.dumps(json.loads(content), ensure_ascii=False))}</code>" if content else ""
    title = f"{escape(record['feed'])} {escape(record['business_key'])} 第 {record['version_no']} 版"
    return (
        f"<details><summary>{title}</summary>"
        f"获知 {escape(str(record['known_from']))}，接收窗口 {escape(record['receipt_window'])}<br>"
        f"报文 <code>{escape(record['payload_sm3'])}</code> 第 {record['row_no']} 行<br>记录 <code>"
        f"{escape(record['record_id'])}</code>{shown}</details>"
    )


def _payloads(line: dict[str, Any]) -> str:
    hashes = line.get("payload_sm3s") or []
    return "".join(f"<div>报文 <code>{escape(value)}</code></div>" for value in hashes[:3]) or "—"


def _factors(factors: list[dict[str, Any]]) -> str:
    if not factors:
        return ""
    rows = [
        [
            _td(f"{f['factor_id']} v{f['factor_version']}"), _td(f["factor_zh"]), _num(f["factor_value"]),
            _td(f["factor_unit"]), _td(_VERIFIED.get(f["factor_verified"], f["factor_verified"])),
            _td(f"{f['source_document']} {f['source_table'] or ''}"), _td(f["note"]),
        ]
        for f in factors
    ]  # fmt: skip
    return "<p>所用因子</p>" + _table(["编号与版本", "名称", "数值", "单位", "核实", "来源", "备注"], rows)


def _release(passport: dict[str, Any]) -> str:
    release = passport["release"]
    rows = [[_td("发布版本"), _td(release["release_id"])], [_td("发布时间"), _td(release["built_at"])]]
    rows += [[_td("代码版本"), _td(release["code_version"])]]
    tables = [[_td(table["table_name"]), _num(table["table_version"])] for table in passport["tables"]]
    return (
        f"<h2>发布版本</h2>{_table(['项目', '值'], rows)}<details><summary>所依据的表版本</summary>"
        f"{_table(['表', '版本'], tables)}</details>"
    )
