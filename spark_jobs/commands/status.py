"""Show processes, addresses, loaded windows and disk of this lake."""

from __future__ import annotations

import typer
from rich.console import Console

from infra.process.__main__ import status as processes
from infra.settings import settings
from spark_jobs.contracts import load_contracts
from spark_jobs.ingest.landing import Landing


def app() -> None:
    """Exit 3 where nothing runs; the windows are shown all the same."""
    code = processes()
    console = Console(highlight=False, soft_wrap=True)
    for feed, contract in load_contracts().items():
        held = sorted(Landing().windows(feed))
        span = f"{held[0]} … {held[-1]}" if held else "-"
        console.print(f"{feed:<28}{len(held):>5} windows  {span:<24} {contract.title_zh}")
    _disk(console)
    raise typer.Exit(code)


def _disk(console: Console) -> None:
    config = settings()
    used = sum(path.stat().st_size for path in config.home.rglob("*") if path.is_file() and not path.is_symlink())
    console.print(f"disk: {used / 1e9:.2f} GB of {config.disk_cap_gb:g} GB (LAKE_DISK_CAP_GB)")
    if used > config.disk_cap_gb * 1e9:
        console.print("[yellow]above the cap:[/yellow] raise LAKE_DISK_CAP_GB, or remove old releases and vacuum")
