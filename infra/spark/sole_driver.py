"""Become the one driver that writes a lake's tables, or refuse: ``python -m infra.spark.sole_driver -- ARGV``.

Two drivers that write one table lose commits in silence (decision 0042), so a server starts only while it holds its
lake's lock, and the lock ends with the server, however that ends:

* Tables in a folder: a file lock in that folder. The server inherits it and is this very process.
* Tables in an object store: an advisory lock in the metastore's database, where every machine that could start a
  second driver must come. This process holds the connection and watches over the server: a lost connection is a lost
  lock, and ends the server at once.

Exit codes: 69 another driver holds the lock, 75 the lock was lost or its keeper cannot be reached; else the server's.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from infra.settings import Settings, settings

if TYPE_CHECKING:
    import psycopg2.extensions

HELD, LOST = 69, 75
SIGNALLED = 128  # a server ended by a signal, as shells tell it
LOCK_FILE = ".driver.lock"
PULSE_S = 1.0
# The keeper gives a silent holder up after KEEPALIVE; the holder gives itself up before, after PULSE_S + ANSWER_MS.
ANSWER_MS = 5000
KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
PR_SET_PDEATHSIG = 1


class DriverExists(RuntimeError):
    """Another driver writes this lake; the message says which."""


def guarded(of: Settings, argv: list[str]) -> list[str]:
    """The command line that runs ``argv`` as the lake's one driver."""
    python = of.tools / "env" / "lake" / "bin" / "python"
    return [str(python), "-m", "infra.spark.sole_driver", "--", *argv]


def lock_key(warehouse: str) -> int:
    """Key of a lake's advisory lock: 63 bits of the hash of its tables' place."""
    return int.from_bytes(hashlib.sha256(warehouse.encode()).digest()[:8], "big") >> 1


def hold_folder(folder: Path) -> int:
    """Lock a lake's folder; the descriptor is inherited by what this process becomes. Raises DriverExists."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 200).decode(errors="replace") or "another process"
        os.close(lock)
        raise DriverExists(_refusal(str(folder), holder)) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"process {os.getpid()} on {socket.gethostname()}".encode())
    os.set_inheritable(lock, True)
    return lock


def hold_store(of: Settings) -> psycopg2.extensions.connection:
    """Lock a lake in an object store; the lock lasts as long as the connection. Raises DriverExists."""
    import psycopg2

    name = f"driver process {os.getpid()} on {socket.gethostname()}"
    connection = psycopg2.connect(
        of.metastore_url, password=of.secret("metastore_password"), application_name=name[:63], connect_timeout=5,
        tcp_user_timeout=ANSWER_MS, options=f"{KEEPALIVE} -c statement_timeout={ANSWER_MS}",
    )  # fmt: skip
    connection.autocommit = True
    key = lock_key(of.warehouse_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (key,))
        if cursor.fetchone() == (True,):
            return connection
        cursor.execute(
            "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
            "AND (l.classid::bigint << 32) + l.objid::bigint = %s",
            (key,),
        )
        row = cursor.fetchone()
    connection.close()
    raise DriverExists(_refusal(of.warehouse_url, row[0] if row else "another process"))


def _refusal(where: str, holder: str) -> str:
    return (
        f"{where} has its one writing driver already: {holder}. A second would lose commits in silence. "
        "End that one first (make stop, or systemctl stop lake-connect on its machine)"
    )


def watch(connection: psycopg2.extensions.connection, argv: list[str]) -> int:
    """Run ``argv`` while the lock is held; its exit code, or LOST after killing it because the lock was lost."""
    import psycopg2

    parent = os.getpid()
    child = subprocess.Popen(argv, preexec_fn=lambda: _die_with(parent))

    def pass_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    while True:
        try:
            code = child.wait(timeout=PULSE_S)
            return code if code >= 0 else SIGNALLED - code
        except subprocess.TimeoutExpired:
            pass
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except psycopg2.Error as error:
            child.kill()
            child.wait()
            print(f"lake: the driver's lock was lost, so the driver was ended: {error}", file=sys.stderr)
            return LOST


def _die_with(parent: int) -> None:
    """The server must not outlive the process that holds its lock."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(LOST)


def _settle(connection: psycopg2.extensions.connection) -> None:
    """After a restart of the keeper, leave the former holder the time to notice that it holds no lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXTRACT(EPOCH FROM now() - pg_postmaster_start_time())")
        row = cursor.fetchone()
    since = float(row[0]) if row else 0.0
    time.sleep(max(0.0, PULSE_S + ANSWER_MS / 1000 + 1 - since))


def main(argv: list[str]) -> NoReturn:
    """Hold the lock and become, or watch over, the server."""
    import psycopg2

    of = settings()
    try:
        if not of.warehouse_url:
            hold_folder(of.warehouse)
            os.execv(argv[0], argv)
        connection = hold_store(of)
        _settle(connection)
    except DriverExists as error:
        print(f"lake: {error}", file=sys.stderr)
        raise SystemExit(HELD) from None
    except psycopg2.OperationalError as error:
        print(f"lake: the database that holds the driver's lock does not answer: {error}", file=sys.stderr)
        raise SystemExit(LOST) from None
    raise SystemExit(watch(connection, argv))


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
