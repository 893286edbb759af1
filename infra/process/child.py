"""Become one supervised process: ``python -m infra.process.child SPEC``; standard library only.

SPEC is a JSON file of ``argv, env, cwd, log, as_nobody``. The log is opened here, so nothing breaks when the
supervisor dies; the process asks the kernel to end with its supervisor, and what a killed predecessor left running
is ended before it starts.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER = 0, 1, 3
CAPABILITY_VERSION_3 = 0x20080522
LOG_LIMIT = 20 * 1024 * 1024
MARKS = ("LAKE_INSTANCE", "LAKE_SERVICE")

libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def become_nobody() -> None:
    """Leave root for ``nobody``, keeping only the right to reach files: PostgreSQL refuses to run as root.

    Its data folder may lie below folders that only root may enter; the kept capability spares opening those.
    """
    user = pwd.getpwnam("nobody")
    _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl KEEPCAPS")
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    kept = (1 << CAP_CHOWN) | (1 << CAP_DAC_OVERRIDE) | (1 << CAP_FOWNER)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)(kept, kept, kept, 0, 0, 0)
    _check(libc.capset(header, data), "capset")
    for capability in (CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER):
        _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "prctl AMBIENT")
    os.environ["HOME"] = "/"


def open_log(path: Path) -> None:
    """Send standard output and error to ``path`` (appended); one older log is kept beyond 20 MiB."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def end_predecessors(env: dict[str, str]) -> None:
    """Kill what the same service of the same lake left behind, by the marks in its environment.

    A killed scheduler leaves its tasks running; started again they would run twice at once.
    """
    marks = {f"{name}={env[name]}".encode() for name in MARKS if name in env}
    if len(marks) < len(MARKS):
        return
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            carried = set((folder / "environ").read_bytes().split(b"\0"))
            if marks <= carried and int(folder.name) != os.getpid():
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue


def main(spec_file: str) -> None:
    """Replace this process by the specified one."""
    spec = json.loads(Path(spec_file).read_text(encoding="utf-8"))
    supervisor = os.getppid()
    open_log(Path(spec["log"]))
    end_predecessors(spec["env"])
    os.chdir(spec["cwd"])
    if spec["as_nobody"] and os.geteuid() == 0:
        become_nobody()
    _check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0), "prctl PDEATHSIG")
    if os.getppid() != supervisor:
        raise SystemExit("the supervisor has gone")
    os.execve(spec["argv"][0], spec["argv"], spec["env"])


if __name__ == "__main__":
    main(sys.argv[1])
