"""List, show and search the emission factors, with their source, validity and verification mark."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from factor_library.factor import Factor, FactorError
from factor_library.library import library

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
MARKS_ZH = {"yes": "已核实", "partly": "部分核实", "derived": "推算", "computed": "模型计算", "no": "未核实"}
AsOf = Annotated[str, typer.Option("--as-of", help="only factors valid on this day, YYYY-MM-DD")]


@app.command("list")
def list_factors(
    kind: Annotated[str, typer.Option(help="quantity kind, for example electricity_co2")] = "",
    series: Annotated[str, typer.Option(help="series, for example sh_guide")] = "",
    unverified: Annotated[bool, typer.Option("--unverified", help="only factors that are not verified")] = False,
    as_of: AsOf = "",
) -> None:
    """List factors: id, value, unit, region, series, validity, mark, publication."""
    chosen = [
        f
        for f in library().current()
        if (not kind or f.quantity_kind == kind)
        and (not series or f.series == series)
        and (not unverified or f.verified != "yes")
        and (not as_of or f.valid_on(as_of))
    ]
    _print(chosen)


@app.command()
def search(
    word: Annotated[str, typer.Argument(help="part of an id, title, energy, source or note")], as_of: AsOf = ""
) -> None:
    """Find factors by a word in any of their texts."""
    wanted = word.lower()
    _print([f for f in library().current() if wanted in _text(f) and (not as_of or f.valid_on(as_of))])


@app.command()
def show(factor_id: Annotated[str, typer.Argument(help="id as `lake factors list` prints it")]) -> None:
    """Show everything about a factor, in all its versions."""
    try:
        versions = [f for f in library().all_versions() if f.factor_id == library().factor(factor_id).factor_id]
    except FactorError as error:
        print(f"lake factors: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    for factor in versions:
        publication = library().publications[factor.publication]
        lines = {
            "编号": f"{factor.factor_id}（版本 {factor.version}）",
            "名称": factor.title_zh,
            "数值": f"{factor.value:g} {factor.unit}",
            "适用": f"{factor.region}　系列 {factor.series or '无'}　{_validity(factor)}",
            "不确定度": f"{factor.rsu:.1%}（k=1，{'有出处' if factor.rsu_verified else '专家取值，未核实'}）",
            "核实状态": MARKS_ZH[factor.verified],
            "来源": f"{factor.source_document} {factor.source_table}".strip(),
            "出版物": f"{publication['title_zh']}（{factor.publication}）",
            "链接": factor.url or publication.get("url") or "无",
            "许可": publication["licence"],
            "备注": factor.note or "无",
        }
        print("\n".join(f"{name}：{value}" for name, value in lines.items()), end="\n\n")
    print(f"因子库快照 SM3：{library().snapshot_sm3}")


def _print(factors: list[Factor]) -> None:
    if not factors:
        print("没有符合条件的因子")
        raise typer.Exit(1)
    for f in factors:
        print(
            f"{f.factor_id}\t{f.value:g} {f.unit}\t{f.region}\t{f.series or '-'}\t{_validity(f)}\t"
            f"{MARKS_ZH[f.verified]}\t{f.title_zh}\t{f.publication}"
        )
    print(f"共 {len(factors)} 个因子")


def _validity(factor: Factor) -> str:
    if not factor.valid_from and not factor.valid_to:
        return "未注明有效期"
    return f"{factor.valid_from or '…'} 至 {factor.valid_to or '今'}"


def _text(factor: Factor) -> str:
    texts = (
        factor.factor_id,
        factor.title_zh,
        factor.energy_or_fuel,
        factor.source_document,
        factor.note,
        factor.series,
    )
    return " ".join(texts).lower()
