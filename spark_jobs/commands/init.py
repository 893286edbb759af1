"""Make this lake's folders, ports and secrets without starting anything."""

from __future__ import annotations

from infra.process.supervision import open_lake


def app() -> None:
    """Idempotent: what is there stays as it is."""
    lake = open_lake()
    print(f"LAKE_HOME {lake.place.home}: folders, ports and secrets are there; to start: make run")
