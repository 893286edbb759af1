"""What the machine does meanwhile: load, memory and processor time of a process and all its children."""

from __future__ import annotations

import os
import threading
import time
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


def _tree(roots: list[int]) -> list[int]:
    """The processes and all their descendants."""
    tree, waiting, found = _children(), list(roots), []
    while waiting:
        found.append(waiting.pop())
        waiting += tree.get(found[-1], [])
    return found


def cpu_seconds(roots: list[int]) -> float:
    """Processor time of processes and their descendants so far, those that have ended included."""
    ticks = 0
    for process in set(_tree(roots)):
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(value) for value in fields[11:15])  # own and ended children's: user, system
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(roots: list[int]) -> float:
    """Proportional set size (shared pages once) of processes and their descendants, MB."""
    total = 0
    for process in set(_tree(roots)):
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss_Anon:")), 0)
    return total / 1024


class Peak:
    """Highest memory and the processor time of some processes while the block runs.

    Pages of files mapped for reading are not counted, nor is the time of looking.
    """

    def __init__(self, roots: list[int]) -> None:
        self.roots, self.mb, self.cpu_s, self._over = roots, 0.0, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(EVERY_S):
            self.mb = max(self.mb, memory_mb(self.roots))
        self._watched_s = time.thread_time()

    def __enter__(self) -> Peak:
        self._before, self._watched_s = cpu_seconds(self.roots), 0.0
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        own = self._watched_s if os.getpid() in self.roots else 0.0
        self.cpu_s = cpu_seconds(self.roots) - self._before - own
