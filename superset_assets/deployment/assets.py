"""Imports the compiled bundle and deletes what the spec no longer has."""

from __future__ import annotations

import os
import uuid
from typing import Any

from superset_assets.compiler import bundle
from superset_assets.compiler.datasets import LIVE_URI, SERVING_URI
from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec
from superset_assets.runtime.place import live_file, serving_file

# Without these flags SQL Lab could read the server's files and lift its own restrictions.
DUCKDB_FLAGS = "access_mode=READ_ONLY&enable_external_access=false&lock_configuration=true&threads=2"


def serving_uri() -> str:
    """Where dashboards read: ``SUPERSET_SERVING_URI`` (PostgreSQL or compatible), else the released DuckDB file."""
    return os.environ.get("SUPERSET_SERVING_URI") or f"duckdb:///{serving_file()}?{DUCKDB_FLAGS}"


def live_uri() -> str:
    """Where live dashboards read: always the live DuckDB file."""
    return f"duckdb:///{live_file()}?{DUCKDB_FLAGS}"


def import_bundle(spec: Spec) -> dict[str, int]:
    """Overwrite every object of the spec, found by uuid; returns how many of each kind."""
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.extensions import db

    contents = {path: bundle.text(content) for path, content in bundle.files(spec).items()}
    contents = {
        path: text.replace(SERVING_URI, serving_uri()).replace(LIVE_URI, live_uri()) for path, text in contents.items()
    }
    ImportAssetsCommand(contents).run()
    _resolve_styles(spec)
    db.session.commit()
    return {
        kind: sum(path.startswith(f"{kind}/") for path in contents) for kind in ("datasets", "charts", "dashboards")
    }


def _resolve_styles(spec: Spec) -> None:
    """Put the class of a chart in for ``@chart(key)`` in a dashboard's CSS: pages carry only numbers of charts."""
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    for slug, content in spec.dashboards.items():
        board = db.session.query(Dashboard).filter_by(uuid=key("dashboard", slug)).one()
        numbers = {str(chart.uuid): chart.id for chart in board.slices}
        for name in content["charts"]:
            mark = f".dashboard-chart-id-{numbers[key('chart', slug, name)]}"
            board.css = board.css.replace(f"@chart({name})", mark)


def _deployed(spec: Spec) -> dict[str, set[uuid.UUID]]:
    paths = bundle.files(spec)
    uuids = {kind: set() for kind in ("dashboards", "charts", "datasets", "databases")}
    for path, content in paths.items():
        kind = path.split("/")[0]
        if kind in uuids:
            uuids[kind].add(uuid.UUID(content["uuid"]))
    return uuids


def prune(spec: Spec) -> list[str]:
    """Delete objects that came from an earlier spec. What people made themselves is not touched.

    An object is the spec's when it reads the spec's database and its uuid is of version 5; people's are version 4.
    """
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    kept = _deployed(spec)
    gone: list[str] = []
    for kind, model, title in (
        ("dashboards", Dashboard, "dashboard_title"),
        ("charts", Slice, "slice_name"),
        ("datasets", SqlaTable, "table_name"),
    ):
        for thing in db.session.query(model).all():
            if thing.uuid and thing.uuid.version == 5 and thing.uuid not in kept[kind]:
                gone.append(f"{kind}: {getattr(thing, title)}")
                db.session.delete(thing)
        db.session.flush()
    return gone


def tables_by_name(spec: Spec) -> dict[str, Any]:
    """Dataset objects by their key in the spec, found by uuid, never by table name.

    A same-named table of another database would silently take a row rule away from the right one.
    """
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db

    rows = db.session.query(SqlaTable).filter(SqlaTable.uuid.in_([key("dataset", name) for name in spec.datasets]))
    by_uuid = {str(row.uuid): row for row in rows}
    return {name: by_uuid[key("dataset", name)] for name in spec.datasets}
