"""Settings of a lake with the cluster topology, its secrets made; nothing is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.bootstrap import tools_home
from infra.process import credentials, layout
from infra.process.layout import Layout
from infra.settings import Settings


def cluster_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a new lake in ``home``."""
    monkeypatch.setenv("LAKE_HOME", str(home))
    monkeypatch.setenv("LAKE_TOOLS", str(tools_home()))
    place = Layout(home)
    place.prepare()
    credentials.ensure_secrets(place)
    layout.ensure_settings(place, {"LAKE_TOPOLOGY": "cluster"})
    return Settings(_env_file=place.settings_env)
