"""The page of a thematic database, in Chinese: what it is, its grain, how fresh it is, what may not be added up, and
how the sector's account is made and checked."""

from __future__ import annotations

import re

from spark_jobs.themes.dbt_files import HEADER
from spark_jobs.themes.method_page import method_lines
from spark_jobs.themes.spec import PROJECT, Table, Theme

_REF = re.compile(r"""ref\(\s*["']([a-z0-9_]+)["']\s*\)""")
_CALL = re.compile(r"\b(theme_[a-z_]+)\(")
_MACRO = re.compile(r"""\{%-?\s*macro\s+(theme_[a-z_]+)\(.*?%\}(.*?)\{%-?\s*endmacro""", re.S)


def sources(table: Table) -> list[str]:
    """Models that a table's query reads, itself or by a shared query it calls, in order of first mention."""
    own = "" if table.macro else table.sql_path.read_text(encoding="utf-8")
    called = [table.macro] if table.macro else _CALL.findall(own)
    return list(dict.fromkeys(_REF.findall("".join((own, *(_macros()[name] for name in called))))))


def _macros() -> dict[str, str]:
    return dict(_MACRO.findall((PROJECT / "macros" / "theme.sql").read_text(encoding="utf-8")))


def _table(table: Table) -> list[str]:
    unit = {column.name: f"（{column.unit}）" if column.unit else "" for column in table.columns}
    metrics = [f"{label}" for _, label, _ in table.rule.get("metrics", {}).values()]
    return [
        f"### {table.title_zh} `{table.name}`",
        "",
        table.rule["about_zh"].strip(),
        "",
        f"- 粒度：{' × '.join(f'`{name}`' for name in table.grain)}",
        f"- 时效：{table.rule['fresh_zh'].strip()}",
        f"- 相加限制：{table.rule['not_added_zh'].strip()}",
        f"- 来自：{'、'.join(f'`{name}`' for name in sources(table))}",
        f"- 指标：{'、'.join(metrics) or '无（登记表，按列查询）'}",
        f"- 字段：{'；'.join(f'`{c.name}` {c.zh}{unit[c.name]}' for c in table.columns)}",
        "",
    ]


def page(theme: Theme) -> str:
    """Markdown of one theme."""
    lines = [f"<!-- {HEADER} -->", "", f"# {theme.title_zh}", "", theme.about_zh.strip(), ""]
    kind = ""
    for table in theme.tables:
        if table.kind != kind:
            kind = table.kind
            lines += [f"## {table.kind_zh}", ""]
        lines += _table(table)
    lines += method_lines(theme.sector)
    return "\n".join(lines).rstrip() + "\n"


def index(themes: dict[str, Theme]) -> str:
    """Markdown that lists the themes and their tables."""
    lines = [f"<!-- {HEADER} -->", "", "# 专题库", ""]
    lines += ["九个行业各一库，每库含基础、统计、动态、运营四类表；在可视化中心为经认证的数据集，名称与表名相同。", ""]
    lines += ["| 专题库 | 基础 | 统计 | 动态 | 运营 |", "|---|---|---|---|---|"]
    for theme in themes.values():
        cells = [
            "、".join(table.title_zh for table in theme.tables if table.kind == kind)
            for kind in dict.fromkeys(table.kind for table in theme.tables)
        ]
        lines.append(f"| [{theme.title_zh}]({theme.sector}.md) | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
