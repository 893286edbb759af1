"""A state folder of its own for every test, and a fixed clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import settings as settings_module
from spark_jobs.ingest.landing import Landing


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``LAKE_HOME`` in a temporary folder; the clock stands at 22 November 2026, 08:00."""
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    settings_module.settings.cache_clear()
    yield tmp_path
    settings_module.settings.cache_clear()


@pytest.fixture
def landing(home: Path) -> Landing:
    return Landing(home / "landing")
