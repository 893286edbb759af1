"""Proposed factor versions: from a value given by hand, or from a CSV of the library's own columns."""

from __future__ import annotations

import csv
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from factor_library.factor import Factor, FactorError, parse_factor
from factor_library.library import Library
from factor_library.units import UnitError, ratio
from spark_jobs.accounting.in_force import State, kinds, tracked

PROPOSED = "proposal"
_NEAREST = 5
FAR = 3.0  # a proposal beyond so many times the former value, up or down, is asked about


class ProposalError(ValueError):
    """The proposal cannot be used; the message says where it is wrong and what to do."""

    exit_code = 2


def existing(lib: Library, factor_id: str) -> Factor:
    """The newest version of a factor; ProposalError names the nearest ids where there is none."""
    try:
        return lib.factor(factor_id)
    except FactorError:
        ids = [f.factor_id for f in lib.current()]
        folded = {i.lower(): i for i in ids}
        close = [folded[i] for i in get_close_matches(factor_id.lower(), list(folded), _NEAREST, 0.4)]
        close += [i for i in ids if factor_id.lower() in i.lower() and i not in close]
        near = "、".join(close[:_NEAREST]) or "没有相近的编号"
        raise ProposalError(
            f"因子库没有 {factor_id}；相近的有：{near}。用 `lake factors search 词` 查找；新编号的因子用 --file 提出"
        ) from None


def by_value(
    state: State, factor_id: str, value: float, rsu: float | None, unit: str = "", month: str = "", source: str = ""
) -> Factor:
    """The next version of a factor with another value, in force for activity dated from `month` on (empty: as before).

    Without `rsu` the relative standard uncertainty of the former version stays, marked as an expert value.
    """
    former = existing(state.library, factor_id)
    refuse_untracked(former)
    if unit:
        _same_dimension(former, unit)
    if value < 0 or (rsu is not None and not 0 <= rsu < 1):
        raise ProposalError(f"数值 {value:g} 不得为负，相对标准不确定度 {rsu} 应在 0 与 1 之间（如 0.05 表示 5 %）")
    return replace(
        former,
        version=former.version + 1,
        value=value,
        unit=unit or former.unit,
        rsu=former.rsu if rsu is None else rsu,
        rsu_verified=False,
        uncertainty_low=None,
        uncertainty_high=None,
        verified="no",
        valid_from=f"{_month(month)}-01" if month else former.valid_from,
        valid_to="" if month else former.valid_to,
        source_document=source or f"对第 {former.version} 版的拟议修改",
        source_table="",
        source_year="",
        url="",
        note="",
        publication=PROPOSED,
    )


def from_file(state: State, path: Path) -> list[Factor]:
    """The proposed versions of a CSV with the columns of the library's factors.csv; an empty version is the next."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError) as error:
        raise ProposalError(f"读不出 {path}：{error}；需要 UTF-8 的 CSV") from None
    if not rows:
        raise ProposalError(f"{path} 没有数据行；表头用因子库 factors.csv 的各列")
    known = {f.factor_id: f for f in state.library.current()}
    found = []
    for line, row in enumerate(rows, 2):
        former = known.get((row.get("factor_id") or "").strip())
        version = (row.get("version") or "").strip() or str(former.version + 1 if former else 1)
        try:
            factor = parse_factor({**row, "version": version}, PROPOSED, f"{path.name} 第 {line} 行")
        except (FactorError, KeyError, TypeError) as error:
            told = f"缺少列 {error}" if isinstance(error, KeyError) else str(error)
            raise ProposalError(f"{path.name} 第 {line} 行：{told}；各列同因子库的 factors.csv") from None
        refuse_untracked(factor)
        if former:
            _same_dimension(former, factor.unit)
            if factor.version <= former.version:
                raise ProposalError(
                    f"{path.name} 第 {line} 行：{factor.factor_id} 已有第 {former.version} 版，版本应大于它，或留空"
                )
        found.append(factor)
    return found


def with_proposal(state: State, proposed: list[Factor]) -> State:
    """The state as it would be with the proposal adopted."""
    held = state.factors if state.factors is not None else tracked(state.library.all_versions())
    return State(state.since, PROPOSED, (*held, *proposed), state.methods)


def slips(state: State, proposed: list[Factor]) -> list[str]:
    """A warning for each proposed value that is far from the former one, as a slip of the unit would be."""
    former = {f.factor_id: f for f in state.library.current()}
    found = []
    for factor in proposed:
        was = former.get(factor.factor_id)
        if was is None or not was.value or not factor.value:
            continue
        times = factor.value_in(was.unit) / was.value
        if not 1 / FAR <= times <= FAR:
            found.append(
                f"{factor.factor_id} 的拟议值是现行值的 {times:.4g} 倍，请核对单位（现行 {was.value:g} {was.unit}）"
            )
    return found


def refuse_untracked(factor: Factor) -> None:
    """ProposalError for a factor that emission rows do not look up: constants, rules and coefficients of models."""
    if factor.quantity_kind not in kinds():
        raise ProposalError(
            f"{factor.factor_id}（{factor.quantity_kind}）不由排放核算按日期取用，"
            f"它随代码版本改变；可预览的类别：{'、'.join(sorted(kinds()))}"
        )


def _same_dimension(former: Factor, unit: str) -> None:
    try:
        ratio(unit, former.unit)
    except UnitError:
        raise ProposalError(f"单位 {unit} 与 {former.factor_id} 的单位 {former.unit} 量纲不同；请换算后再提") from None


def _month(text: str) -> str:
    if len(text) != 7 or text[4] != "-" or not text.replace("-", "").isdigit() or not "01" <= text[5:] <= "12":
        raise ProposalError(f"--from 应为月份，如 2026-05，不是 {text!r}")
    return text
