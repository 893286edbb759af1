"""Theme and colour schemes, built from ``spec/palette.yaml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PALETTE = Path(__file__).resolve().parents[1] / "spec" / "palette.yaml"
FONTS = "'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"


@lru_cache(maxsize=1)
def palette() -> dict[str, Any]:
    """The palette file."""
    return yaml.safe_load(PALETTE.read_text(encoding="utf-8"))


def theme(name: str, logo: str) -> dict[str, Any]:
    """Ant Design tokens of the only theme; ``name`` is the brand, ``logo`` a same-origin path."""
    colors = palette()["theme"]
    return {
        "algorithm": "default",
        "token": {
            "brandAppName": name,
            "brandLogoAlt": name,
            "brandLogoUrl": logo,
            "brandLogoMargin": "14px 0",
            "brandLogoHref": "/",
            "brandLogoHeight": "26px",
            "brandIconMaxWidth": 320,
            "colorPrimary": colors["primary"],
            "colorLink": colors["link"],
            "colorError": colors["error"],
            "colorWarning": colors["warning"],
            "colorSuccess": colors["success"],
            "colorInfo": colors["info"],
            "fontUrls": [],
            "fontFamily": FONTS,
            "fontFamilyCode": "'Noto Sans Mono CJK SC', monospace",
            "transitionTiming": 0.1,
        },
    }


def categorical_schemes() -> list[dict[str, Any]]:
    """For ``EXTRA_CATEGORICAL_COLOR_SCHEMES``."""
    scheme = palette()["categorical"]
    return [
        {"id": scheme["id"], "label": scheme["label"], "description": "", "isDefault": True, "colors": scheme["colors"]}
    ]


def sequential_schemes() -> list[dict[str, Any]]:
    """For ``EXTRA_SEQUENTIAL_COLOR_SCHEMES``."""
    return [
        {
            "id": scheme["id"],
            "label": scheme["label"],
            "description": "",
            "isDiverging": scheme["diverging"],
            "isDefault": number == 0,
            "colors": scheme["colors"],
        }
        for number, scheme in enumerate(palette()["sequential"])
    ]
