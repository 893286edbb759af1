"""List the feeds: what each one is, its receipt window, and what has been received."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from spark_jobs.contracts import Contract, load_contracts
from spark_jobs.ingest.landing import Landing


def _row(contract: Contract, landing: Landing) -> dict[str, Any]:
    received = landing.windows(contract.feed)
    return {
        "feed": contract.feed,
        "title_zh": contract.title_zh,
        "version": contract.version,
        "window": contract.window.grain,
        "period": contract.period.grain,
        "key": list(contract.key),
        "silver_table": f"silver.{contract.silver_table}",
        "deadline_days": contract.deadline_days,
        "is_simulated": contract.is_simulated,
        "accepts_files": contract.submission is not None,
        "windows_received": len(received),
        "last_window": received[-1] if received else "",
    }


def app(as_json: Annotated[bool, typer.Option("--json", help="machine-readable")] = False) -> None:
    """One line a feed, from the contracts and from landing."""
    landing = Landing()
    rows = [_row(contract, landing) for contract in load_contracts().values()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table(
        "数据流",
        "名称",
        "版本",
        "收件窗口",
        "银层表",
        "截止（期末后天数）",
        "模拟",
        "可文件报送",
        "已收窗口",
        "最近窗口",
    )
    for row in rows:
        table.add_row(
            row["feed"], row["title_zh"], str(row["version"]), {"month": "月", "day": "日"}[row["window"]],
            row["silver_table"], str(row["deadline_days"] or "—"), "是" if row["is_simulated"] else "否",
            "是" if row["accepts_files"] else "", str(row["windows_received"]), row["last_window"],
        )  # fmt: skip
    Console(width=200).print(table)
