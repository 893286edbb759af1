"""A real Spark Connect server of the tests' own, on a free port, over a temporary LAKE_HOME."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.settings import ROOT, Settings, settings


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def lake_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary LAKE_HOME that ``settings()`` points to, with a Spark endpoint of its own."""
    home = tmp_path_factory.mktemp("lake")
    (home / "run").mkdir()
    before = dict(os.environ)
    os.environ["LAKE_HOME"] = str(home)
    os.environ["LAKE_SPARK_REMOTE"] = f"sc://127.0.0.1:{free_port()}"
    os.environ.setdefault("LAKE_TOOLS", str(ROOT / ".lake"))
    settings.cache_clear()
    yield home
    os.environ.clear()
    os.environ.update(before)
    settings.cache_clear()


class Server:
    """The tests' Spark server: can be killed and started again on the same port."""

    def __init__(self, of: Settings) -> None:
        self.settings = of
        self.process = None

    def start(self) -> None:
        from infra.spark import server

        log = self.settings.run / "spark.log"
        self.process = server.start(self.settings, server.default_port(self.settings), log)
        server.wait_until_open(self.process, self.settings, log)

    def kill(self) -> None:
        """kill -9 by its own process id."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


@pytest.fixture(scope="session")
def spark_server(lake_home: Path) -> Iterator[Server]:
    """The server, ended by its process id when the tests are over."""
    server = Server(settings())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def spark(spark_server: Server):
    """A client session of the tests' server; the server is started again if a test killed it."""
    from spark_jobs.engine import session

    if spark_server.process is None or spark_server.process.poll() is not None:
        spark_server.start()
    client = session.connect(spark_server.settings)
    yield client
    session.close(client)
