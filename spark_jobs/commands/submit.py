"""Submit a file of a feed (CSV, XLSX, JSON), or get a submitted file back by its SM3."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from spark_jobs.contracts import ContractError, contract, load_contracts
from spark_jobs.ingest.submission import Receipt, Refusal, original, submit, visible

WRONG_CALL, INTERNAL = 2, 70
SHOWN_ROWS = 200


def _line(item: Refusal) -> str:
    place = f"{item.label_zh}（{item.field}）＝“{item.value}”　" if item.field else ""
    where = f"第 {item.row} 行" if item.row else "整个文件"
    return f"  {where}　{place}[{item.rule}] {item.reason_zh}"


def _lines(items: list[Refusal]) -> list[str]:
    more = [f"  …… 另有 {len(items) - SHOWN_ROWS} 条，用 --json 查看全部"] if len(items) > SHOWN_ROWS else []
    return [_line(item) for item in items[:SHOWN_ROWS]] + more


def receipt_text(receipt: Receipt) -> str:
    """The receipt as people read it."""
    title = "文件整体退回" if receipt.file_error else "报送回执"
    lines = [
        f"【{title}】{receipt.feed}",
        f"文件：{receipt.file}（{receipt.bytes} 字节）",
        f"SM3：{receipt.sm3}",
        f"收到时间：{receipt.received_at}　收件窗口：{receipt.window}",
    ]
    if receipt.first_received_at:
        lines.append(f"注意：同一文件已于 {receipt.first_received_at} 收到，数据以首次为准")
    if receipt.file_error:
        lines.append(f"原因：{receipt.file_error}")
    else:
        lines.append(
            f"编码：{receipt.charset}　共 {receipt.rows} 行：接收 {receipt.accepted} 行，退回 {receipt.refused} 行"
        )
        lines += (["退回明细："] if receipt.refusals else []) + _lines(receipt.refusals)
        lines += (["提示："] if receipt.warnings else []) + _lines(receipt.warnings)
    lines.append(f"原件可取回：lake submit --get {receipt.sm3} > 文件")
    return "\n".join(lines)


def _complain(message: str, code: int) -> typer.Exit:
    print(f"lake submit: {message}", file=sys.stderr)
    return typer.Exit(code)


def _shown(path: str | Path) -> str:
    """A path as it is safe on a terminal, whatever its bytes."""
    return visible(os.fsencode(path).decode("utf-8", "backslashreplace"))


def _give_back(sm3: str) -> None:
    try:
        data = original(sm3)
    except LookupError as error:
        raise _complain(str(error), WRONG_CALL) from error
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:  # the reader wanted no more; keep Python from flushing again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from error


def _taken(feed: str, file: Path) -> Receipt:
    try:
        found = contract(feed)
    except ContractError as error:
        raise _complain(str(error), WRONG_CALL) from error
    if found.submission is None:
        open_feeds = "、".join(c.feed for c in load_contracts().values() if c.submission)
        raise _complain(f"{feed} 不接受文件报送；可报送：{open_feeds}", WRONG_CALL)
    try:
        return submit(found, file)
    except FileNotFoundError as error:
        raise _complain(f"没有这个文件：{_shown(error.filename or file)}；请检查路径", WRONG_CALL) from error
    except OSError as error:
        raise _complain(f"无法读取或收存 {_shown(file)}：{error.strerror or error}", WRONG_CALL) from error
    except Exception as error:
        raise _complain(f"内部错误，请报告维护人员：{type(error).__name__}: {error}", INTERNAL) from error


def app(
    feed: Annotated[str, typer.Argument(help="for example reporting.energy_monthly")] = "",
    file: Annotated[Path | None, typer.Argument(help="CSV, XLSX or JSON")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="receipt for machines")] = False,
    get: Annotated[
        str, typer.Option("--get", metavar="SM3", help="write the file of that hash to standard output")
    ] = "",
) -> None:
    """Exit codes: 0 rows accepted, 65 file refused or no row acceptable, 2 wrong call, 70 internal error."""
    if get:
        _give_back(get)
        return
    if not feed or file is None:
        raise _complain("用法：lake submit 数据流 文件，或 lake submit --get SM3 > 文件", WRONG_CALL)
    receipt = _taken(feed, file)
    print(receipt.as_json() if as_json else receipt_text(receipt))
    raise typer.Exit(receipt.exit_code)
