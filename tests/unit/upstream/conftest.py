"""Worlds, fault rates and a running set of servers for the simulator's tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.upstream.rates import load_rates
from infra.upstream.reporting.source import ReportingSource
from infra.upstream.world.model import World

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "upstream"
SEED = 7
NOW = "2026-11-22T08:00:00+08:00"


@pytest.fixture(scope="session")
def small() -> World:
    return World(SEED, "small")


@pytest.fixture(scope="session")
def full() -> World:
    return World(SEED, "full")


@pytest.fixture(scope="session")
def no_faults() -> dict[str, dict[str, float]]:
    return load_rates(FIXTURES / "no_faults.yaml")


@pytest.fixture(scope="session")
def many_faults() -> dict[str, dict[str, float]]:
    """Ten times the default rates."""
    return load_rates(FIXTURES / "many_faults.yaml")


@pytest.fixture(scope="session")
def quiet_reporting(full: World, no_faults: dict[str, dict[str, float]]) -> ReportingSource:
    return ReportingSource(full, no_faults["reporting"])


@pytest.fixture(scope="session")
def faulty_reporting(full: World, many_faults: dict[str, dict[str, float]]) -> ReportingSource:
    return ReportingSource(full, many_faults["reporting"])


class Servers:
    """The platforms of a small world in one process; ``url`` by platform."""

    def __init__(self, url: dict[str, str], credentials: dict[str, dict[str, str]], instance: str) -> None:
        self.url, self.credentials, self.instance = url, credentials, instance
        self.http = httpx.Client(timeout=30)

    def token(self) -> str:
        form = {"grant_type": "client_credentials", **self.credentials["reporting"]}
        return self.http.post(self.url["reporting"] + "/oauth2/token", data=form).json()["access_token"]

    def records(self, resource: str, **query: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self.http.get(f"{self.url['reporting']}/api/v1/{resource}", params=query, headers=headers)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    yield from run_servers(tmp_path_factory.mktemp("quiet"), FIXTURES / "no_faults.yaml")


def run_servers(folder: Path, rates: Path) -> Iterator[Servers]:
    """Starts the servers on free ports, checks that the answering ones are its own, and ends them."""
    credentials = {
        "reporting": {"client_id": "reader", "client_secret": "word"},
        "metering": {"app_key": "key", "app_secret": "hush"},
        "ship_energy": {"api_key": "ship"},
        "exchange": {"key": "exchange"},
    }
    path = folder / "credentials.json"
    path.write_text(json.dumps(credentials), encoding="utf-8")
    command = [sys.executable, "-m", "infra.upstream", "--platform", "all", "--port", "0", "--world", "small"]
    command += ["--seed", str(SEED), "--now", NOW, "--instance", folder.name, "--credentials", str(path)]
    process = subprocess.Popen([*command, "--fault-rates", str(rates)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = [json.loads(process.stdout.readline()) for _ in range(5)]
        found = Servers({s["platform"]: f"http://127.0.0.1:{s['port']}" for s in said}, credentials, folder.name)
        for platform, url in found.url.items():
            answer = found.http.get(url + "/healthz").json()
            assert (answer["platform"], answer["instance"]) == (platform, folder.name)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=30)
