"""The whole bundle: files by path, and one zip that is the same bytes for the same spec."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import yaml

from superset_assets.compiler.charts import chart_file
from superset_assets.compiler.datasets import database_files, dataset_file
from superset_assets.compiler.filters import native_filters
from superset_assets.compiler.keys import key
from superset_assets.compiler.layout import positions
from superset_assets.compiler.spec import Spec

# Zip members and metadata carry a date; a fixed one keeps the bytes the same.
STAMP = (2026, 1, 1, 0, 0, 0)
TIMESTAMP = "2026-01-01T00:00:00+00:00"


def _dashboard_file(spec: Spec, slug: str) -> tuple[str, dict[str, Any]]:
    board = spec.dashboards[slug]
    return f"dashboards/{slug}.yaml", {
        "dashboard_title": board["title"],
        "description": board.get("description"),
        "css": spec.presets["css"] + board.get("css", ""),
        "slug": slug,
        "certified_by": None,
        "certification_details": None,
        "published": True,
        "uuid": key("dashboard", slug),
        "position": positions(spec, slug),
        "version": "1.0.0",
        "metadata": {
            "native_filter_configuration": native_filters(board),
            "cross_filters_enabled": True,
            "chart_configuration": {},
            "global_chart_configuration": {"scope": {"rootPath": ["ROOT_ID"], "excluded": []}},
            "color_scheme": spec.palette["categorical"]["id"],
            "label_colors": spec.palette["labels"],
            "refresh_frequency": board.get("refresh", 0),
            "timed_refresh_immune_slices": [],
            "expanded_slices": {},
            "filter_bar_orientation": "HORIZONTAL",
        },
    }


def files(spec: Spec) -> dict[str, dict[str, Any]]:
    """Path in the bundle → content, only what dashboards use and the datasets offered for exploration."""
    pairs = [("metadata.yaml", {"version": "1.0.0", "type": "assets", "timestamp": TIMESTAMP}), *database_files(spec)]
    pairs += [dataset_file(spec, name) for name in spec.datasets]
    for slug, board in spec.dashboards.items():
        pairs += [chart_file(spec, slug, name) for name in board["charts"]]
        pairs.append(_dashboard_file(spec, slug))
    return dict(pairs)


def text(content: dict[str, Any]) -> str:
    """A bundle file's YAML text."""
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10000)


def archive(spec: Spec) -> bytes:
    """The zip that Superset imports (metadata type ``assets``)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for path, content in sorted(files(spec).items()):
            target.writestr(zipfile.ZipInfo(f"bundle/{path}", STAMP), text(content))
    return buffer.getvalue()
