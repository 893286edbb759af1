"""dbt-duckdb plugin (profiles.yml): every connection of a build can read the lake's tables, wherever they lie."""

from __future__ import annotations

from dbt.adapters.duckdb.plugins import BasePlugin
from duckdb import DuckDBPyConnection

from infra import table_store


class Plugin(BasePlugin):
    """Loads the extensions and, for an object store, gives the connection its keys; neither reaches a file or a log."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Called once for the build's connection."""
        table_store.open_duckdb(conn)
