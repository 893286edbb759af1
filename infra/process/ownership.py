"""Which processes and ports belong to this lake: those whose environment carries its ``LAKE_INSTANCE``."""

from __future__ import annotations

import contextlib
import socket

import psutil


def _marked(process: psutil.Process, instance: str) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return process.environ().get("LAKE_INSTANCE") == instance
    return False


def owned(instance: str) -> list[psutil.Process]:
    """Live processes started by this lake's supervisor or by one of its processes."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if _marked(process, instance) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end_all(instance: str, grace_s: float = 10.0) -> int:
    """End every process of this lake by its id: asked first, killed after ``grace_s``; how many there were."""
    left = owned(instance)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(left, timeout=grace_s)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=grace_s)
    return len(left)


def port_answers(port: int) -> bool:
    """Whether something on the loopback interface accepts connections at ``port``."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def port_owner(port: int) -> psutil.Process | None:
    """The process listening at ``port``; None if nobody listens or it cannot be told."""
    for connection in psutil.net_connections(kind="tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            with contextlib.suppress(psutil.Error):
                return psutil.Process(connection.pid)
    return None


def port_is_ours(port: int, instance: str) -> bool:
    """Whether the server that answers at ``port`` is one of this lake's."""
    owner = port_owner(port)
    if owner is None:
        return False
    with contextlib.suppress(psutil.Error, OSError):
        # Some programs overwrite their own environment with a title; their parents have not.
        return any(_marked(process, instance) for process in (owner, *owner.parents()))
    return False


def memory_pss(instance: str) -> int:
    """Proportional set size of all processes of this lake, bytes."""
    total = 0
    for process in owned(instance):
        with contextlib.suppress(psutil.Error, OSError):
            total += process.memory_full_info().pss
    return total
