"""Finds the models: every ``spark_jobs/models/<package>/model.py`` declares ``MODELS``."""

from __future__ import annotations

import difflib
import importlib
from functools import cache
from pathlib import Path

from spark_jobs.models.frame import Model


class UnknownModelError(LookupError):
    """No model of that name; the text has the nearest and all known names."""


@cache
def models() -> dict[str, Model]:
    """Command name → model, in name order.

    Raises:
        ValueError: two packages declare the same name, or nothing was found.
    """
    found: dict[str, Model] = {}
    for path in sorted(Path(__file__).parent.glob("*/model.py")):
        module = importlib.import_module(f"spark_jobs.models.{path.parent.name}.model")
        for model in module.MODELS:
            if model.name in found:
                raise ValueError(f"model {model.name!r} is declared twice, again in {module.__name__}")
            found[model.name] = model
    if not found:
        raise ValueError("no model found under spark_jobs/models/*/model.py")
    return dict(sorted(found.items()))


def model(name: str) -> Model:
    """The model of a command name; underscores may stand for hyphens.

    Raises:
        UnknownModelError: with the nearest known name.
    """
    known = models()
    key = name.strip().lower().replace("_", "-")
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise UnknownModelError(f"no model {name!r}{hint}\nknown models: {', '.join(known)}")
