"""Start, stop and look at the processes of one lake."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from circus.client import CircusClient
from circus.exc import CallError
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from infra.process import airflow, cluster, credentials, layout, ownership, postgres
from infra.process.layout import Layout
from infra.process.service import AIRFLOW_STAGE, PAGES_STAGE, SPARK_STAGE, Service
from infra.process.services import services, write_specs
from infra.settings import ROOT, Settings

POLL_S = 0.3
READY_WITHIN_S = 240.0
STARTS_TRIED = 3
# circus obeys one command at a time and refuses the next with these words.
BUSY = ("arbiter is already running", "arbiter is restarting")
BUSY_WITHIN_S = 30.0


class StartFailed(RuntimeError):
    """A process did not become ready; the message names its log and its last lines."""


class SupervisorBusy(StartFailed):
    """The supervisor was still at its former command, for longer than is worth waiting."""


@dataclass
class Lake:
    """One lake with its settings, as read after its ports were given."""

    place: Layout
    settings: Settings
    values: dict[str, str]
    instance: str

    @property
    def services(self) -> list[Service]:
        return services(self.place, self.settings, self.values)


def open_lake(environ: dict[str, str] | None = None) -> Lake:
    """Make folders, ports, secrets where missing and read the settings."""
    place = layout.layout()
    place.prepare()
    values = layout.ensure_settings(place, environ if environ is not None else dict(os.environ))
    os.environ.update({key: values[key] for key in layout.PINNED if key in values})
    credentials.ensure_secrets(place)
    return Lake(place, _settings(place), values, layout.instance_id(place))


def _settings(place: Layout) -> Settings:
    return Settings(_env_file=place.settings_env)  # type: ignore[call-arg]


@contextlib.contextmanager
def _client(place: Layout, timeout: float = 5.0) -> Iterator[CircusClient]:
    client = CircusClient(endpoint=place.controller, timeout=timeout)
    try:
        yield client
    finally:
        client.stop()


def supervised(place: Layout) -> dict[str, str]:
    """Process name → ``active`` or ``stopped``; empty where no supervisor runs."""
    if not (place.sockets / "circus").exists():
        return {}
    try:
        with _client(place, 2.0) as client:
            return dict(client.send_message("status")["statuses"])
    except CallError:
        return {}


@retry(
    retry=retry_if_exception_type(SupervisorBusy),
    wait=wait_fixed(0.1),
    stop=stop_after_delay(BUSY_WITHIN_S),
    reraise=True,
)
def _send(place: Layout, command: str, timeout: float = 30.0, **properties: Any) -> dict[str, Any]:
    with _client(place, timeout) as client:
        answer = client.send_message(command, **properties)
    if answer.get("status") == "error":
        reason = str(answer.get("reason"))
        refused = SupervisorBusy if reason.startswith(BUSY) else StartFailed
        raise refused(f"supervisor: {command} {properties}: {reason}")
    return dict(answer)


def ready(service: Service, lake: Lake) -> bool:
    """Whether the service answers, and whether the one that answers is this lake's own."""
    if service.name == "postgres":
        return postgres.is_ours(lake.place)
    for name in service.addresses:
        port = urlsplit(lake.values[name]).port or 0
        if not ownership.port_answers(port) or not ownership.port_is_ours(port, lake.instance):
            return False
        if service.health and lake.values[name].startswith("http"):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}{service.health}", timeout=5.0, trust_env=False)
            except httpx.HTTPError:
                return False
            if answer.status_code != 200 or not re.search(service.answer, answer.text):
                return False
    return True


def _tail(log: str, lines: int = 12) -> str:
    path = Path(log)
    if not path.exists():
        return "(no log)"
    return "\n".join("    " + line for line in path.read_text(errors="replace").splitlines()[-lines:])


def process_ids(place: Layout, name: str) -> list[int]:
    """Ids of one supervised process (one, or none while it restarts)."""
    return [int(pid) for pid in _send(place, "list", name=name).get("pids", [])]


def _wait_ready(waiting: list[Service], lake: Lake, say: Callable[[str], None]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    started = time.monotonic()
    seen: dict[str, set[int]] = {service.name: set() for service in waiting}
    while waiting:
        for service in list(waiting):
            if ready(service, lake):
                waiting.remove(service)
                say(f"{service.name}: ready after {time.monotonic() - started:.0f} s")
        if not waiting:
            return
        for service in waiting:
            seen[service.name].update(process_ids(lake.place, service.name))
        dead = [service for service in waiting if len(seen[service.name]) > STARTS_TRIED]
        if dead or time.monotonic() > until:
            bad = (dead or waiting)[0]
            why = "keeps dying" if dead else f"not ready within {READY_WITHIN_S:.0f} s"
            raise StartFailed(f"{bad.name} ({bad.title}) {why}; its log {bad.log} ends:\n{_tail(bad.log)}")
        time.sleep(POLL_S)


def _start_supervisor(lake: Lake) -> None:
    ownership.end_all(lake.instance)
    _free_ports(lake)
    write_specs(lake.place, lake.services)
    for stale in lake.place.sockets.glob("circus*"):
        stale.unlink()
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env |= {"LAKE_INSTANCE": lake.instance, "LAKE_HOME": str(lake.place.home), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "infra.process.arbiter", str(lake.place.services), lake.place.controller]
    log = lake.place.logs / "supervisor.log"
    with log.open("ab") as out:
        child = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    until = time.monotonic() + 30
    while not supervised(lake.place):
        if child.poll() is not None or time.monotonic() > until:
            raise StartFailed(f"the supervisor did not start; its log {log} ends:\n{_tail(str(log))}")
        time.sleep(POLL_S)


def _free_ports(lake: Lake) -> None:
    """Move addresses whose ports others took since the last start."""
    listed = {name: urlsplit(lake.values[name]).port or 0 for one in lake.services for name in one.addresses}
    taken = [
        name
        for name, port in listed.items()
        if ownership.port_answers(port) and not ownership.port_is_ours(port, lake.instance)
    ]
    if taken:
        layout.move_ports(lake.place, taken)
        lake.values = layout.read_settings_env(lake.place)
        lake.settings = _settings(lake.place)


def start(lake: Lake, upstream_pools: list[str], say: Callable[[str], None], last_stage: int = PAGES_STAGE) -> None:
    """Start what does not run, in order up to ``last_stage``, and wait until each answers.

    Running and unchanged: nothing is done. Raises StartFailed.
    """
    postgres.ensure_cluster(lake.place)
    states = supervised(lake.place)
    if not states or write_specs(lake.place, lake.services):
        if states:
            stop(lake.place)
        _start_supervisor(lake)
    wanted = lake.services
    for stage in sorted({service.stage for service in wanted if service.stage <= last_stage}):
        if stage == SPARK_STAGE and lake.settings.topology == "cluster":
            cluster.prepare(lake.place, lake.settings)
        if stage == AIRFLOW_STAGE:
            postgres.ensure_databases(lake.place)
            airflow.prepare(lake.place, lake.settings.tools, lake.values, upstream_pools)
        group = [service for service in wanted if service.stage == stage]
        states = supervised(lake.place)
        for service in group:
            if states.get(service.name) != "active":
                _send(lake.place, "start", name=service.name, waiting=False)
        _wait_ready(group, lake, say)


def stop(place: Layout) -> int:
    """End every process of this lake; how many had to be ended one by one because the supervisor could not."""
    if supervised(place):
        with contextlib.suppress(CallError, StartFailed):
            _send(place, "quit", timeout=60.0, waiting=True)
    return ownership.end_all(layout.instance_id(place))
