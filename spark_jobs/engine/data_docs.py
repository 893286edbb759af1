"""Great Expectations' pages without what they would load from other machines."""

from __future__ import annotations

import re
from pathlib import Path

_OUTSIDE = re.compile(
    r"<script[^>]*\bsrc=[\"'](?:https?:)?//[^>]*>\s*</script>|<link[^>]*\bhref=[\"'](?:https?:)?//[^>]*>|"
    r"<img[^>]*\bsrc=[\"'](?:https?:)?//[^>]*>",
    re.IGNORECASE,
)
_STYLE_URL = re.compile(r"url\([\"']?(?:https?:)?//[^)]*\)", re.IGNORECASE)
_IMPORT = re.compile(r"@import\s+(?:url\()?[\"']?(?:https?:)?//[^;]*;", re.IGNORECASE)
STYLE = """<style id="lake">
body{font-family:"Noto Sans CJK SC",sans-serif;margin:1.5rem;color:#222} table{border-collapse:collapse;margin:.5rem 0}
td,th{border:1px solid #ccc;padding:.3rem .6rem;text-align:left;vertical-align:top} a{color:#0b5}
.collapse,.show{display:block} svg{max-width:1.2em;max-height:1.2em}
</style>"""


def cut_off(folder: Path) -> int:
    """Rewrite every page under ``folder``; returns how many were changed."""
    changed = 0
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        own = _STYLE_URL.sub("none", _IMPORT.sub("", _OUTSIDE.sub("", text)))
        if 'id="lake"' not in own:
            own = own.replace("</head>", f"{STYLE}</head>", 1)
        if own != text:
            page.write_text(own, encoding="utf-8")
            changed += 1
    return changed
