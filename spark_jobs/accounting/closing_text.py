"""Closings and bridges as people read them, and bridges as files."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from infra.settings import LOCAL_TZ
from spark_jobs.accounting.accounts import boundaries
from spark_jobs.accounting.bridge import CAUSES
from spark_jobs.accounting.closing import FIGURE, Closing, ClosingError, figures_hold
from spark_jobs.accounting.sectors import sectors
from spark_jobs.accounting.text_table import text_table
from spark_jobs.engine.lake_reader import reading, scan
from spark_jobs.engine.tables import exists

OFFICIAL, GAS, CHAIN = "official", "CO2", "TTW"
_ENTERPRISE = "silver.enterprise"
_TOTAL = """
SELECT entity_id, sector, SUM(counted_t) FROM {figure}
WHERE closing_id = '{closing_id}' AND boundary = '{boundary}' AND gas = 'CO2' AND chain = 'TTW'
  AND (account = '{account}' OR ('{account}' = 'official' AND is_official)) GROUP BY ALL"""
Place = tuple[str, str]  # enterprise, sector
Sums = dict[Place, Decimal]


def closing_text(closing: Closing) -> str:
    """A closing that was just made."""
    held = f"；另有 {closing.held} 行待核，不在关账数字内" if closing.held else ""
    rows = [(boundaries()[name].title_zh, total) for name, total in _city(closing).items()]
    return "\n".join(
        [
            f"已关账：{closing.closing_id}（{closing.month} 第 {closing.closing_no} 次）",
            f"  批准：{closing.approved_by}（{closing.approver_role}），{_local(closing):%Y-%m-%d %H:%M:%S}",
            f"  佐证：{closing.evidence}　SM3 {closing.evidence_sm3}",
            f"  范围：{closing.enterprises} 家单位，{closing.lines:,} 条排放记录{held}",
            f"  关账数字 SM3：{closing.figures_sm3}",
            "  官方口径 CO2（吨，计入全市合计）：",
            text_table(("边界", "合计"), rows, "    "),
            f"  与 {closing.former_closing_id} 的差：lake bridge {closing.former_closing_id} {closing.closing_id}"
            if closing.former_closing_id
            else "  这是该月第一次关账",
            "发布：lake job marts，再 lake job publish",
        ]
    )


def list_text(found: list[Closing]) -> str:
    """All closings with the state of signature and figures."""
    if not found:
        return '还没有关过账；lake close 月份 --approve "姓名/职务" --evidence 依据'
    heads = ("编号", "关账时间", "批准", "佐证", "单位", "记录", "待核", "签名", "数字")
    rows = [
        (
            c.closing_id, f"{_local(c):%Y-%m-%d %H:%M}", f"{c.approved_by}/{c.approver_role}", c.evidence[:24],
            c.enterprises, c.lines, c.held, "有效" if c.signature_holds else "无效",
            "未变" if figures_hold(c) else "已变",
        )
        for c in found
    ]  # fmt: skip
    return text_table(heads, rows)


def bridge_text(former: Closing, later: Closing, rows: pa.Table, boundary: str, account: str, top: int) -> str:
    """The bridge of one boundary and account in CO2: the whole, by sector, and the enterprises that moved most."""
    before, after = (_sums(c, boundary, account) for c in (former, later))
    changes = _changes(rows, boundary, account)
    places = set(before) | set(after) | {place for sums in changes.values() for place in sums}
    names = _names()
    zh = {name: sector.title_zh for name, sector in sectors().items()}
    title = (
        f"{boundaries()[boundary].title_zh}，{'官方口径' if account == OFFICIAL else account}，CO2（吨，计入全市合计）"
    )
    heads = (former.closing_id, *CAUSES.values(), later.closing_id)
    whole = _row(before, after, changes, places)
    by_sector = [
        (zh.get(s, s), *_row(before, after, changes, {p for p in places if p[1] == s})) for s in _of(places, 1)
    ]
    by_entity = [
        (names.get(e, e), *_row(before, after, changes, {p for p in places if p[0] == e})) for e in _of(places, 0)
    ]
    moved = sorted((r for r in by_entity if any(r[2:-1])), key=_size, reverse=True)
    lines = [
        f"关账变动桥：{former.closing_id} → {later.closing_id}",
        f"  {title}",
        text_table(heads, [whole], "  "),
        "",
        "按行业：",
        text_table(("行业", *heads), by_sector, "  "),
        "",
    ]
    if moved:
        lines += [f"变动最大的 {min(top, len(moved))} 家单位，共 {len(moved)} 家有变动："]
        lines += [text_table(("单位", *heads), moved[:top], "  ")]
    else:
        lines += ["没有任何变动"]
    return "\n".join([*lines, f"核对：{_checked(whole)}"])


def write(rows: pa.Table, out: Path) -> None:
    """All rows of all boundaries and accounts as CSV or Parquet, by the name's ending."""
    if out.suffix == ".parquet":
        pyarrow.parquet.write_table(rows, out)
    elif out.suffix == ".csv":
        flat = rows.drop_columns(["former_emission_ids", "later_emission_ids"])
        pyarrow.csv.write_csv(flat, out)
    else:
        raise ClosingError(f"--out 的文件名以 .csv 或 .parquet 结尾，不是 {out.name!r}")


def _row(before: Sums, after: Sums, changes: dict[str, Sums], places: set[Place]) -> tuple[Decimal, ...]:
    return (_total(before, places), *(_total(changes.get(c, {}), places) for c in CAUSES), _total(after, places))


def _total(sums: Sums, places: set[Place]) -> Decimal:
    return sum((sums.get(place, Decimal(0)) for place in places), Decimal(0))


def _size(row: tuple) -> Decimal:
    return sum((abs(part) for part in row[2:-1]), Decimal(0))


def _of(places: set[Place], side: int) -> list[str]:
    return sorted({place[side] for place in places})


def _changes(rows: pa.Table, boundary: str, account: str) -> dict[str, Sums]:
    """By cause, then by enterprise and sector."""
    found: dict[str, Sums] = {}
    for row in rows.to_pylist():
        if (row["boundary"], row["account"], row["gas"], row["chain"]) == (boundary, account, GAS, CHAIN):
            sums, place = found.setdefault(row["cause"], {}), (row["entity_id"], row["sector"])
            sums[place] = sums.get(place, Decimal(0)) + row["change_counted_t"]
    return found


def _sums(closing: Closing, boundary: str, account: str) -> Sums:
    sql = _TOTAL.format(figure=scan(FIGURE), closing_id=closing.closing_id, boundary=boundary, account=account)
    with reading() as lake:
        return {(entity, sector): value for entity, sector, value in lake.execute(sql).fetchall()}


def _city(closing: Closing) -> dict[str, Decimal]:
    sums = {name: _sums(closing, name, OFFICIAL) for name in boundaries()}
    return {name: sum(found.values(), Decimal(0)) for name, found in sums.items() if found}


def _local(closing: Closing) -> datetime:
    return closing.closed_at.astimezone(LOCAL_TZ)


def _names() -> dict[str, str]:
    if not exists(_ENTERPRISE):
        return {}
    with reading() as lake:
        sql = f"SELECT enterprise_code, enterprise_name FROM {scan(_ENTERPRISE)} WHERE known_to IS NULL"
        return dict(lake.execute(sql).fetchall())


def _checked(row: tuple[Decimal, ...]) -> str:
    gap = row[-1] - row[0] - sum(row[1:-1], Decimal(0))
    return "各原因之和等于两次关账之差，分毫不差" if gap == 0 else f"不平，差 {gap} 吨，请上报"
