"""``python -m superset_assets.pull``, in Superset's environment: prints the deployed dashboards as one JSON document.

Grain: dashboard slug → title, position, and its charts by uuid with name, kind, dataset uuid and parameters.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import load

RUNTIME = Path(__file__).resolve().parents[1] / "runtime"


def deployed() -> dict[str, Any]:
    """State of the spec's dashboards in Superset's metadata."""
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    state = {}
    for slug in load().dashboards:
        board = db.session.query(Dashboard).filter_by(uuid=key("dashboard", slug)).one_or_none()
        if board is None:
            continue
        state[slug] = {
            "title": board.dashboard_title,
            "position": json.loads(board.position_json or "{}"),
            "charts": {
                str(chart.uuid): {
                    "id": chart.id,
                    "name": chart.slice_name,
                    "viz": chart.viz_type,
                    "dataset": str(chart.datasource.uuid),
                    "params": json.loads(chart.params or "{}"),
                }
                for chart in board.slices
            },
        }
    return state


def main() -> None:
    """Command line."""
    os.environ.setdefault("SUPERSET_CONFIG_PATH", str(RUNTIME / "superset_config.py"))
    from superset.app import create_app

    with create_app().app_context():
        print(json.dumps(deployed(), ensure_ascii=False))


if __name__ == "__main__":
    main()
