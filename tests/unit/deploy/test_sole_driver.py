"""One writing driver per lake: the second is refused, and the lock ends with its holder however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from infra.process import credentials, postgres
from infra.process.layout import Layout, free_ports
from infra.settings import ROOT
from infra.spark.sole_driver import HELD, LOST, lock_key

# Stands for the Spark Connect server: says that it runs, and waits to be ended.
SERVER = [sys.executable, "-c", "import os, signal; print('up', os.getpid(), flush=True); signal.pause()"]


def driver(env: dict[str, str]) -> subprocess.Popen[str]:
    """Start a driver as the supervisor does."""
    argv = [sys.executable, "-m", "infra.spark.sole_driver", "--", *SERVER]
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def server_of(started: subprocess.Popen[str]) -> int:
    """Process id of the server that a driver started; fails with the driver's words where there is none."""
    assert started.stdout is not None and started.stderr is not None
    line = started.stdout.readline()
    assert line.startswith("up "), started.stderr.read()
    return int(line.split()[1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = Layout(tmp_path / "home")
    place.prepare()
    credentials.ensure_secrets(place)
    return place.home


@pytest.fixture
def folder_env(home: Path) -> dict[str, str]:
    """A lake in a folder."""
    return {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "LAKE_HOME": str(home)}


@pytest.fixture
def store_env(home: Path, folder_env: dict[str, str]) -> Iterator[dict[str, str]]:
    """A lake in an object store, the database of its metastore running; the store itself plays no part."""
    place, port = Layout(home), free_ports(1)[0]
    postgres.ensure_cluster(place)
    argv = [*postgres.argv(place), f"--port={port}", "--listen-addresses=127.0.0.1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "infra.process.child", str(postgres_spec(place, argv))], cwd=ROOT, start_new_session=True
    )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    wait_for_database(server, url)
    stores = {"LAKE_S3_ENDPOINT": "http://127.0.0.1:9", "LAKE_WAREHOUSE_URL": "s3a://lake/one"}
    yield folder_env | stores | {"LAKE_METASTORE_URL": url}
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast end
    server.wait()


def postgres_spec(place: Layout, argv: list[str]) -> Path:
    import json

    spec = place.services / "postgres.json"
    env = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    content = {"argv": argv, "env": env, "cwd": "/", "log": str(place.logs / "postgres.log"), "as_nobody": True}
    spec.write_text(json.dumps(content))
    return spec


def wait_for_database(server: subprocess.Popen[bytes], url: str) -> None:
    while True:
        assert server.poll() is None, "PostgreSQL ended"
        try:
            psycopg2.connect(url).close()
            return
        except psycopg2.OperationalError:
            os.sched_yield()


def test_in_a_folder_the_second_is_refused_until_the_first_is_killed(folder_env: dict[str, str]) -> None:
    first = driver(folder_env)
    assert server_of(first) == first.pid, "the server is the very process that holds the lock"
    second = driver(folder_env)
    assert second.wait() == HELD
    assert second.stderr is not None
    told = second.stderr.read()
    assert str(first.pid) in told and "one writing driver" in told and "make stop" in told
    first.kill()
    first.wait()
    third = driver(folder_env)
    server_of(third)
    third.kill()
    third.wait()


def test_in_a_store_the_second_is_refused_whatever_its_own_folder(store_env: dict[str, str], tmp_path: Path) -> None:
    first = driver(store_env)
    server = server_of(first)
    other = Layout(tmp_path / "other-machine")
    other.prepare()
    credentials.ensure_secrets(other)
    second = driver(store_env | {"LAKE_HOME": str(other.home)})
    assert second.wait() == HELD
    assert second.stderr is not None
    assert f"driver process {first.pid}" in second.stderr.read()
    elsewhere = driver(store_env | {"LAKE_WAREHOUSE_URL": "s3a://lake/two"})
    server_of(elsewhere)
    elsewhere.terminate()
    assert elsewhere.wait() == 128 + signal.SIGTERM, "the server's own end is passed on"
    first.kill()
    first.wait()
    assert gone(server), "a server without its lock's holder would write on"
    third = driver(store_env)
    server_of(third)
    third.terminate()
    third.wait()


def test_a_driver_that_lost_its_lock_is_ended(store_env: dict[str, str]) -> None:
    first = driver(store_env)
    server = server_of(first)
    with psycopg2.connect(store_env["LAKE_METASTORE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.rowcount == 1
    assert first.wait() == LOST
    assert gone(server)
    assert first.stderr is not None and "lock was lost" in first.stderr.read()


def test_lakes_have_keys_of_their_own_within_a_bigint() -> None:
    keys = {lock_key(f"s3a://lake/{number}") for number in range(1000)}
    assert len(keys) == 1000
    assert all(0 <= key < 2**63 for key in keys)


def gone(pid: int) -> bool:
    """Wait until a process is gone (the kernel ends it with its parent)."""
    import psutil

    try:
        psutil.Process(pid).wait(timeout=60)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True
