"""What the machine does meanwhile: load, memory of a process and all its children."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

EVERY_S = 0.2


def load() -> str:
    """Load averages now."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            found.setdefault(parent, []).append(int(entry.name))
    return found


def memory_mb(roots: list[int]) -> float:
    """Proportional set size (shared pages once) of processes and their descendants, MB."""
    tree, waiting, total = _children(), list(roots), 0
    while waiting:
        process = waiting.pop()
        waiting += tree.get(process, [])
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss_Anon:")), 0)
    return total / 1024


class Peak:
    """Highest memory of some processes while the block runs; pages of files mapped for reading are not counted."""

    def __init__(self, roots: list[int]) -> None:
        self.roots, self.mb, self._over = roots, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            self.mb = max(self.mb, memory_mb(self.roots))

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
