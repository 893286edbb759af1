"""Only a process that was alive counts as killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys

import psutil

from tests.e2e.kills import kill_one


def started() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_nothing_to_kill_is_no_kill() -> None:
    assert kill_one([], random.Random(1)) is None


def test_an_ended_process_is_passed_over_for_a_live_one() -> None:
    ended, alive = started(), started()
    try:
        gone, left = psutil.Process(ended.pid), psutil.Process(alive.pid)
        ended.kill()
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert kill_one([gone], random.Random(1)) is None, "dead, and not yet waited for"
        ended.wait()
        assert kill_one([gone], random.Random(1)) is None
        assert kill_one([gone, gone, left], random.Random(1)) is not None
        assert alive.wait() == -signal.SIGKILL
    finally:
        for process in (ended, alive):
            process.kill()
            process.wait()
