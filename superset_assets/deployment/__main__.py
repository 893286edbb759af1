"""``python -m superset_assets.deployment``, in Superset's environment: migrate, import, roles, rules, users, prune.

Everything is in one process because each start of Superset's application takes seconds. A second run with the same
spec changes nothing. Prints one JSON line of what it did; exit 65 when the spec is refused.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from superset_assets.compiler.spec import SpecError, load
from superset_assets.deployment.gate import uncovered

RUNTIME = Path(__file__).resolve().parents[1] / "runtime"
REFUSED = 65


def _timed(seconds: dict[str, float], name: str, step: Callable[[], Any]) -> Any:
    start = time.monotonic()
    result = step()
    seconds[name] = round(time.monotonic() - start, 1)
    return result


def deploy() -> dict[str, Any]:
    """Run all steps; returns counts and seconds by step."""
    spec = load()
    refused = uncovered(spec)
    if refused:
        raise SpecError("restricted roles would see rows without a rule: " + "; ".join(refused))
    os.environ.setdefault("SUPERSET_CONFIG_PATH", str(RUNTIME / "superset_config.py"))
    seconds: dict[str, float] = {}
    from superset.app import create_app

    app = _timed(seconds, "start", create_app)
    with app.app_context():
        from superset_assets.deployment import access, assets, metadata

        _timed(seconds, "migrate", metadata.migrate)
        _timed(seconds, "administrator", metadata.administrator)
        counts = _timed(seconds, "import", lambda: assets.import_bundle(spec))
        counts["pruned"] = _timed(seconds, "prune", lambda: assets.prune(spec))
        counts |= _timed(seconds, "access", lambda: access.apply(spec))
        from superset.extensions import db

        db.session.commit()
    return {"seconds": seconds, **counts}


def main() -> None:
    """Command line."""
    try:
        print(json.dumps(deploy(), ensure_ascii=False))
    except SpecError as error:
        print(f"deploy refused: {error}", file=sys.stderr)
        raise SystemExit(REFUSED) from error


if __name__ == "__main__":
    main()
