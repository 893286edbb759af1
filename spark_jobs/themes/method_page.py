"""The part of a theme's page that says how the sector's account is made: standards, formulas, methods, checks."""

from __future__ import annotations

from factor_library.library import library
from spark_jobs.accounting.accounts import methods
from spark_jobs.accounting.sectors import Sector, sectors
from spark_jobs.contracts import Contract, load_contracts

_SEVERITY = {"quarantine": "阻断：该行转待核", "warn": "提示：该行采用并标记"}


def method_lines(sector: str) -> list[str]:
    """Markdown lines of the sections 核算方法 and 校验规则."""
    found = sectors()[sector]
    return [*_method(found), *_checks(found)]


def _method(sector: Sector) -> list[str]:
    return [
        "## 核算方法",
        "",
        sector.boundary_zh,
        "",
        _rest(sector),
        "",
        "| 标准 | 名称 | 采用内容 | 原文 |",
        "|---|---|---|---|",
        *(
            f"| {one.code} | {one.title_zh} | {one.use_zh} | {'已读' if one.text_read else '未获得，只知名称或引文'} |"
            for one in sector.standards
        ),
        "",
        "| 公式 | 出处 | 内容 | 核实 |",
        "|---|---|---|---|",
        *(
            f"| {row['id']} | {row['document']} | `{_cell(row['formula'])}` | {row['verified']} |"
            for row in _formulas(sector)
        ),
        "",
        "| 方法 | 层级 | 因子组 |",
        "|---|---|---|",
        *(
            f"| {body['title_zh']} `{name}` | {body['tier'] or '无'} | {body['fuel_set'] or '无'} |"
            for name, body in ((name, methods()[name]) for name in sector.methods)
        ),
        "",
    ]


def _rest(sector: Sector) -> str:
    if sector.remainder is None:
        return "行业余量：重点用能单位以外的车队按模型估算并单列，标为估算，不与报表合计。"
    share = sector.remainder
    mark = "已按统计核定" if share.verified == "yes" else "**未经统计核定**"
    taken = f"重点用能单位占全行业能耗的份额取 {share.key_unit_share:g}（{mark}）。{share.basis_zh}。"
    return f"行业余量：{taken}余量单列，标为估算，不与报表合计。"


def _formulas(sector: Sector) -> list[dict[str, str]]:
    known = {row["id"]: row for row in library().table("guideline_formulas").to_pylist()}
    return [known[name] for name in sector.formulas]


def _formula(row: dict[str, str]) -> str:
    return f"| {row['id']} | {row['document']} | `{_cell(row['formula'])}` | {row['verified']} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def _checks(sector: Sector) -> list[str]:
    contracts = [load_contracts()[feed] for feed in sector.feeds]
    return [
        "## 校验规则",
        "",
        "勾稽与合理性规则。不符时阻断的行进入待核数据，注明规则与原值；取值范围、代码表和申报单位见数据字典，不符时同样阻断。",
        "",
        "| 数据流 | 理由 | 不符时 | 界限与出处 |",
        "|---|---|---|---|",
        *(line for contract in contracts for line in _rules(contract)),
        "",
    ]


def _rules(contract: Contract) -> list[str]:
    return [
        f"| {contract.title_zh} | {rule.reason_zh} `{rule.id}` | {_SEVERITY[rule.severity]} | "
        + ("；".join(f"{p.value:g} {p.unit}（{p.source}）" for p in rule.parameters.values()) or "无须界限")
        + " |"
        for rule in contract.rules
    ]
