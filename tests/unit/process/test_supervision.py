"""The supervisor obeys one command at a time; whoever sends the next is told to wait, not to give up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.process import supervision
from infra.process.layout import Layout
from infra.process.supervision import StartFailed
from infra.settings import ROOT

# Ends only when killed, and not at once when asked: a stop keeps the supervisor busy for its period of grace.
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
QUIET = "import time; time.sleep(600)"


def describe(place: Layout, name: str, code: str) -> None:
    content = {
        "name": name, "argv": [sys.executable, "-c", code], "env": {"PATH": os.defpath}, "cwd": str(place.home),
        "log": str(place.logs / f"{name}.log"), "as_nobody": False, "stop_signal": "TERM", "grace_s": 1.0,
    }  # fmt: skip
    (place.services / f"{name}.json").write_text(json.dumps(content))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Layout]:
    found = Layout(tmp_path)
    found.prepare()
    describe(found, "stubborn", STUBBORN)
    describe(found, "quiet", QUIET)
    (found.services / "index.json").write_text(json.dumps(["stubborn", "quiet"]))
    argv = [sys.executable, "-m", "infra.process.arbiter", str(found.services), found.controller]
    arbiter = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not supervision.supervised(found):
            assert arbiter.poll() is None, "the supervisor ended early"
        yield found
    finally:
        arbiter.terminate()
        arbiter.wait()


def test_a_start_sent_while_another_command_is_obeyed_is_obeyed_after_it(place: Layout) -> None:
    supervision._send(place, "start", name="stubborn", waiting=True)
    with ThreadPoolExecutor(8) as senders:
        commands = [senders.submit(supervision._send, place, "stop", name="stubborn", waiting=True)]
        commands += [senders.submit(supervision._send, place, "start", name="quiet", waiting=False) for _ in range(7)]
        for command in commands:
            command.result()
    assert supervision.supervised(place)["quiet"] == "active"


def test_a_command_that_cannot_be_obeyed_is_refused_at_once(place: Layout) -> None:
    with pytest.raises(StartFailed, match="nobody"):
        supervision._send(place, "start", name="nobody", waiting=False)
