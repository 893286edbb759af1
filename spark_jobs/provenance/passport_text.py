"""A passport as Chinese text for the terminal."""

from __future__ import annotations

from typing import Any

LINES = 12


def as_text(passport: dict[str, Any]) -> str:
    """Header, terms with their largest lines, factors, source records, and the links that were followed."""
    release = passport["release"]
    key = "，".join(f"{name}={value}" for name, value in passport["key"].items())
    out = [
        f"数据护照：{passport['title_zh']}（{passport['mart']}）",
        f"  行：{key}",
        f"  {passport['label_zh']}（{passport['measure']}）= {passport['published']} {passport['unit']}",
        f"  由明细重算 = {passport['recomputed']}  {'一致' if passport['adds_up'] else '不一致'}",
        f"  发布版本 {release['release_id']}，代码版本 {release['code_version']}"
        + ("，含模拟数据" if release["is_simulated"] else ""),
    ]
    out += [f"  提示：{notice['notice_zh']}（{notice['since']}）" for notice in passport["notices"]]
    if passport["formula"]:
        out.append(f"  公式：{passport['formula']}")
    for term in passport["terms"]:
        out += _term(term)
    if "evidence" in passport:
        out += _evidence(passport["evidence"])
    return "\n".join(out)


def _term(term: dict[str, Any]) -> list[str]:
    out = ["", f"{term['name']}：{term['line_count']} 条明细（{term['lines_table']}），合计 {term['total']}"]
    for line in term["lines"][:LINES]:
        out.append("  - " + _line(line))
        out += [f"      {_record(record)}" for record in line["records"][:3]]
    rest = term["line_count"] - min(LINES, len(term["lines"])) - term["hidden_count"]
    if rest > 0:
        out.append(f"  … 其余 {rest} 条")
    if term["hidden_count"]:
        out.append(f"  （{term['hidden_count']} 条无权查看，合计 {term['hidden_total']}）")
    if term["factors"]:
        out.append("  因子：")
    for factor in term["factors"]:
        out.append(
            f"  - {factor['factor_id']} v{factor['factor_version']} {factor['factor_zh']} = "
            f"{factor['factor_value']} {factor['factor_unit']}，来源 {factor['source_document']}，"
            f"核实：{factor['factor_verified']}"
        )
    return out


def _line(line: dict[str, Any]) -> str:
    parts = [f"{line['part_value']}"]
    names = ("enterprise_code", "object_id", "period", "energy_type", "quantity", "unit", "factor_id", "factor_rung")
    parts += [f"{name}={line[name]}" for name in (*names, "verification_status") if line.get(name) not in (None, "")]
    return " ".join(parts)


def _record(record: dict[str, Any]) -> str:
    return (
        f"记录 {record['record_id'][:12]}… {record['feed']} {record['business_key']} 第 {record['version_no']} 版，"
        f"获知 {record['known_from']}，报文 {record['payload_sm3'][:12]}… 第 {record['row_no']} 行"
    )


def _evidence(evidence: dict[str, Any]) -> list[str]:
    out = ["", "已逐级核对："]
    out += [f"  {step}：{number}" for step, number in sorted(evidence["followed"].items())]
    out += [f"  断裂：{line}" for line in evidence["broken"]]
    return out + ([] if evidence["broken"] else ["  报文哈希已由落地字节重新计算，全部一致"])
