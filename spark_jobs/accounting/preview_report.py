"""A preview as people read it, and as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from factor_library.factor import Factor
from spark_jobs.accounting.accounts import boundaries
from spark_jobs.accounting.factor_register import Register
from spark_jobs.accounting.in_force import State
from spark_jobs.accounting.preview import Preview, preview
from spark_jobs.accounting.proposal import ProposalError, by_value, existing, from_file, slips, with_proposal
from spark_jobs.accounting.text_table import text_table
from spark_jobs.engine.factor_change import concerned
from spark_jobs.engine.lake_reader import reading, scan
from spark_jobs.engine.tables import exists

ACTIVITY, EMISSION, ENTERPRISE = "gold.activity", "gold.emission", "silver.enterprise"
_NAMES = """
CREATE TEMP TABLE name AS
SELECT enterprise_code, ANY_VALUE(enterprise_name) AS enterprise_name
FROM {register} WHERE known_to IS NULL GROUP BY 1"""
_NO_NAMES = "CREATE TEMP TABLE name (enterprise_code VARCHAR, enterprise_name VARCHAR)"
_SHOWN = """
SELECT COALESCE(e.enterprise_name, c.enterprise_code) AS enterprise_name, c.*
FROM change c LEFT JOIN name e USING (enterprise_code)
ORDER BY is_official DESC, ABS(change_t) DESC, enterprise_code, month, boundary, account, gas, chain"""


@dataclass(frozen=True)
class Report:
    """The proposal, what it stands against, and what it changes."""

    state: State
    proposed: list[Factor]
    preview: Preview


def proposal(
    factor_id: str, value: float | None, rsu: float | None, unit: str, month: str, file: Path | None
) -> tuple[State, list[Factor]]:
    """The state in force and the proposed versions; ProposalError where the call does not say one thing."""
    state = Register().timeline()[-1]
    if file is not None:
        if value is not None:
            raise ProposalError("--value 与 --file 只能给一个")
        found = from_file(state, file)
        if factor_id and factor_id not in {f.factor_id for f in found}:
            raise ProposalError(f"{file} 里没有 {factor_id}；它有 {'、'.join(f.factor_id for f in found)}")
        return state, [f for f in found if not factor_id or f.factor_id == factor_id]
    if not factor_id:
        raise ProposalError("请给出因子编号与 --value，或 --file；用 `lake factors list` 查看编号")
    held = existing(state.library, factor_id)
    if value is None:
        raise ProposalError(f"请给出 --value；{factor_id} 现为 {held.value:g} {held.unit}（第 {held.version} 版）")
    return state, [by_value(state, factor_id, value, rsu, unit, month)]


def compare(state: State, proposed: list[Factor]) -> Report:
    """Reckon the activity that the proposal concerns under both states."""
    new = with_proposal(state, proposed)
    scope = concerned(state, new)
    with reading() as lake:
        found = preview(lake, scan(ACTIVITY), scan(EMISSION), scope.where, state, new)
        lake.register("change", found.change)
        lake.execute(_NAMES.format(register=scan(ENTERPRISE)) if exists(ENTERPRISE) else _NO_NAMES)
        change = lake.sql(_SHOWN).to_arrow_table()
    return Report(state, proposed, replace(found, change=change))


def write(report: Report, out: Path) -> None:
    """All rows as CSV or Parquet, by the name's ending; ProposalError for another."""
    table = report.preview.change
    if out.suffix == ".csv":
        pyarrow.csv.write_csv(table, out)
    elif out.suffix == ".parquet":
        pyarrow.parquet.write_table(table, out)
    else:
        raise ProposalError(f"--out 的文件名以 .csv 或 .parquet 结尾，不是 {out.name!r}")


def text(report: Report, top: int) -> str:
    """What is proposed, the sums by account, and the `top` largest changes."""
    change, found = report.preview.change, report.preview
    lines = ["拟议变更（预览，未采纳，未写入任何表）"]
    lines += [_proposed(report.state, factor) for factor in report.proposed]
    lines += [f"  注意：{warning}" for warning in slips(report.state, report.proposed)]
    if not change.num_rows:
        return "\n".join([*lines, "没有活动用到它：采纳后任何数值都不变"])
    share = found.lines / found.all_lines
    places = (
        f"{len(set(change[c].to_pylist()))} {word}" for c, word in (("enterprise_code", "家单位"), ("month", "个月份"))
    )
    lines.append(f"影响 {found.lines:,} 条现行排放记录（占 {share:.1%}），{'、'.join(places)}")
    if found.unaccounted:
        lines.append(f"注意：采纳后有 {found.unaccounted} 项活动没有适用的因子，将进入待核数据")
    lines += ["", "按核算口径合计（不同口径、边界、链段的数值不可相加）：", text_table(_SUM_HEADS, _sums(change), "  ")]
    lines += ["", f"变化最大的 {min(top, change.num_rows)} 行，共 {change.num_rows} 行（吨；官方口径在前）："]
    return "\n".join([*lines, text_table(_ROW_HEADS, _rows(change.slice(0, top)), "  ")])


_SUM_HEADS = ("边界", "口径", "气体", "链段", "原值", "新值", "差", "其中计入全市合计的差")
_ROW_HEADS = ("单位", "月份", "边界", "口径", "官方", "气体", "原值", "新值", "差", "变化")


def _proposed(state: State, factor: Factor) -> str:
    former = next((f for f in state.library.current() if f.factor_id == factor.factor_id), None)
    was = f"现行第 {former.version} 版 {former.value:g} {former.unit}" if former else "新编号"
    since = f"，用于 {factor.valid_from[:7]} 起的活动" if factor.valid_from else ""
    return (
        f"  {factor.factor_id}　{factor.title_zh}\n"
        f"    {was} → 拟议第 {factor.version} 版 {factor.value:g} {factor.unit}"
        f"（相对标准不确定度 {factor.rsu:.1%}）{since}"
    )


def _sums(change: pa.Table) -> list[tuple[object, ...]]:
    measures = ("old_t", "new_t", "change_t", "change_counted_t")
    sums: dict[tuple[str, ...], list[Decimal]] = {}
    for row in change.to_pylist():
        key = (_boundary(row["boundary"]), row["account"], row["gas"], row["chain"])
        held = sums.setdefault(key, [Decimal(0)] * len(measures))
        sums[key] = [a + row[m] for a, m in zip(held, measures, strict=True)]
    return [(*key, *values) for key, values in sorted(sums.items())]


def _rows(change: pa.Table) -> list[tuple[object, ...]]:
    return [
        (
            row["enterprise_name"], row["month"], _boundary(row["boundary"]), row["account"], row["is_official"],
            row["gas"], row["old_t"], row["new_t"], row["change_t"],
            f"{row['change_t'] / row['old_t']:+.2%}" if row["old_t"] else "新增",
        )
        for row in change.to_pylist()
    ]  # fmt: skip


def _boundary(name: str) -> str:
    return boundaries()[name].title_zh
