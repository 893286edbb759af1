"""A load during which processes are killed: kill -9 of any one process of the lake at seeded moments, then resume."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil

from infra.process import ownership
from infra.process.layout import instance_id
from tests.small_world import SmallWorld

RESUMES_MORE = 4  # resumed loads beyond one for each kill, before the load counts as lost


@dataclass
class Fire:
    """What was killed, when, and how often the load had to be resumed."""

    killed: list[tuple[float, str]] = field(default_factory=list)
    resumed: int = 0


def load_under_fire(world: SmallWorld, kills: int, span_s: float, rng: random.Random) -> Fire:
    """`make run` on a fresh world with ``kills`` kills at moments uniform over ``span_s`` seconds of its running time.

    A load that ends because of a kill is resumed by the same command; AssertionError where it never gets through.
    """
    moments = sorted(rng.uniform(0.05, 0.9) * span_s for _ in range(kills))
    fire, spent, output = Fire(), 0.0, ""
    for _ in range(kills + RESUMES_MORE):
        load = world.process("run")
        reader, lines = _drain(load)
        started = time.monotonic()
        while load.poll() is None:
            elapsed = spent + time.monotonic() - started
            if moments and elapsed >= moments[0]:
                found = sorted(ownership.owned(instance_id(world.place)), key=lambda process: process.create_time())
                victim = kill_one(found, rng)
                if victim:  # else the moment waits for a process to be there, as long as the load runs
                    moments.pop(0)
                    fire.killed.append((elapsed, victim))
            with contextlib.suppress(Exception):
                load.wait(timeout=0.2)
        spent += time.monotonic() - started
        reader.join()
        output = "".join(lines)
        if load.returncode == 0 and not moments:
            return fire
        if load.returncode == 0:
            # The load was faster than its span: the moments left hit the resumed, finished load at once.
            moments = [0.0 for _ in moments]
        fire.resumed += 1
    raise AssertionError(f"the load did not get through after {fire}:\n{output[-4000:]}")


def _drain(load) -> tuple[threading.Thread, list[str]]:
    """Read a program's output as it comes, so that it never waits for a reader."""
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(load.stdout), daemon=True)
    reader.start()
    return reader, lines


def kill_one(found: Sequence[psutil.Process], rng: random.Random) -> str | None:
    """kill -9 of one of these processes that is alive; its command line. None where no process was alive any more."""
    left = list(found)
    while left:
        victim = left.pop(rng.randrange(len(left)))
        with contextlib.suppress(psutil.Error):
            name = " ".join(victim.cmdline())[:120]
            if victim.is_running() and victim.status() != psutil.STATUS_ZOMBIE:
                victim.kill()
                return name
    return None
