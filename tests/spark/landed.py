"""Small real payloads of the reporting platform, landed as the fetch job lands them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.settings import settings
from spark_jobs.ingest.landing import Delivery, Landing

FEED = "reporting.energy_monthly"
ENTERPRISES = [f"91310000MA1FL000{n}X" for n in range(4)]
MONTHS = ["2026-07", "2026-08", "2026-09"]


def record(enterprise: str, period: str, version: int = 1, scale: float = 1.0, **other: object) -> dict[str, object]:
    """A consistent report of diesel; ``scale`` makes versions differ."""
    year, month = map(int, period.split("-"))
    used = round(90 * scale, 3)
    row = {
        "record_id": f"{enterprise}{period}{version}", "enterprise_code": enterprise, "period": period,
        "energy_code": "diesel", "unit": "t", "opening_stock": 10, "purchased": used + 10, "resold": 0,
        "closing_stock": 20, "consumption": used, "use_transport": used, "use_production": 0, "use_other": 0,
        "last_year_consumption": 85, "status": "报送", "version": version,
        "updated_at": f"{year}-{month + version:02d}-10T08:00:00+08:00",
    }  # fmt: skip
    return {**row, **other}


def land(window: str, records: list[dict[str, object]]) -> None:
    """One page of records in a receipt window."""
    data = json.dumps({"data": records, "next_cursor": None}, ensure_ascii=False).encode()
    Landing().land(FEED, window, Delivery(data, "application/json", "utf-8", "GET /api/v1/energy-reports"), "test")


@contextmanager
def home_of(server, folder: Path) -> Iterator[Path]:
    """Another LAKE_HOME on the tests' server: same instance id, own landing and warehouse; may be entered again."""
    (folder / "run").mkdir(parents=True, exist_ok=True)
    shutil.copy(server.settings.run / "spark_instance", folder / "run" / "spark_instance")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAKE_HOME", str(folder))
        settings.cache_clear()
        yield folder
    settings.cache_clear()
