"""The Chinese language pack: Superset's reviewed strings and this project's corrections.

A third of the bundled strings are marked ``fuzzy``: machine guesses, many wrong (the totals row reads 星期日). They
are dropped, and ``i18n/corrections.yaml`` supplies what users see. Built when a source is newer than the pack.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml

from superset_assets.runtime.place import superset_home

CORRECTIONS = Path(__file__).resolve().parents[1] / "i18n" / "corrections.yaml"


def bundled_catalog() -> Path:
    """The gettext source that Superset ships."""
    import superset

    return Path(superset.__file__).parent / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


def build_pack(catalog: Path, corrections: dict[str, str]) -> dict[str, Any]:
    """Jed document of reviewed strings, overridden by ``corrections`` (English text → Chinese text)."""
    from babel.messages.pofile import read_po

    with catalog.open("rb") as file:
        messages = read_po(file, locale="zh")
    table: dict[str, Any] = {"": {"domain": "superset", "lang": "zh", "plural_forms": "nplurals=1; plural=0;"}}
    for message in messages:
        if not message.id or message.fuzzy:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        texts = list(message.string) if isinstance(message.string, tuple) else [message.string]
        if texts[0]:
            table[key] = texts[:1]
    table.update({key: [text] for key, text in corrections.items()})
    return {"domain": "superset", "locale_data": {"superset": table}}


def corrected_pack() -> Path:
    """Path of the built pack under Superset's state folder."""
    target = superset_home() / "i18n" / "zh.json"
    sources = [bundled_catalog(), CORRECTIONS]
    if not target.exists() or any(source.stat().st_mtime > target.stat().st_mtime for source in sources):
        corrections = yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8"))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(build_pack(sources[0], corrections), ensure_ascii=False), encoding="utf-8")
        draft.replace(target)
    return target
