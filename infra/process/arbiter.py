"""The supervisor: one circus arbiter per lake, restarting what dies.

``python -m infra.process.arbiter SERVICES ENDPOINT``
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

from circus import get_arbiter

from infra.settings import ROOT


def watcher(spec_file: Path) -> dict[str, Any]:
    """circus' description of one service; the service itself is started by ``infra.process.child``."""
    spec = json.loads(spec_file.read_text(encoding="utf-8"))
    return {
        "name": spec["name"],
        "cmd": sys.executable,
        "args": ["-m", "infra.process.child", str(spec_file)],
        "working_dir": str(ROOT),
        "copy_env": True,
        "autostart": False,
        "respawn": True,
        "max_retry": 20,
        "stop_signal": getattr(signal, f"SIG{spec['stop_signal']}"),
        "graceful_timeout": spec["grace_s"],
    }


def main(services: str, endpoint: str) -> None:
    """Run until told to quit."""
    folder = Path(services)
    names = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    arbiter = get_arbiter(
        [watcher(folder / f"{name}.json") for name in names],
        controller=endpoint,
        pubsub_endpoint=f"{endpoint}-events",
        check_delay=1.0,
        proc_name="lake-supervisor",
    )
    arbiter.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
