"""Where one lake's run-time files are, and the ports it was given at its first start."""

from __future__ import annotations

import hashlib
import os
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from infra.settings import ROOT
from infra.spark.server import instance_id as spark_instance_id

# A Unix socket's path has room for 107 bytes; the longest name below the folder is PostgreSQL's ".s.PGSQL.5432.lock".
_SOCKET_ROOM = 107 - len("/.s.PGSQL.5432.lock")
HTTP_SERVICES = ("reporting", "metering", "ship_energy", "pollutant", "exchange", "superset", "airflow", "docs")
PINNED = ("LAKE_WORLD", "LAKE_WORLD_SEED", "LAKE_NOW", "LAKE_TOPOLOGY")
# Settings of the cluster topology, around a port of this machine.
CLUSTER = {
    "LAKE_SPARK_MASTER": "spark://127.0.0.1:{port}",
    "LAKE_SPARK_MASTER_URL": "http://127.0.0.1:{port}",
    "LAKE_S3_ENDPOINT": "http://127.0.0.1:{port}",
    "LAKE_METASTORE_URL": "postgresql://hive@127.0.0.1:{port}/metastore",
    "LAKE_WAREHOUSE_URL": "s3a://lake/warehouse",
}


class SettingsConflict(RuntimeError):
    """The environment asks for another world or clock than the one this lake was started with."""


@dataclass(frozen=True)
class Layout:
    """Places below one ``LAKE_HOME``."""

    home: Path

    @cached_property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def settings_env(self) -> Path:
        return self.run / "settings.env"

    @property
    def secrets(self) -> Path:
        return self.run / "secrets"

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def services(self) -> Path:
        """Specifications of the processes (argv, environment), mode 0600."""
        return self.run / "services"

    @cached_property
    def sockets(self) -> Path:
        """Unix sockets; a folder of the system's temporary place where the lake's own path is too long."""
        own = self.run / "sockets"
        if len(os.fsencode(own)) <= _SOCKET_ROOM:
            return own
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"lake-{os.getuid()}-{name}"

    @property
    def controller(self) -> str:
        """The supervisor's control endpoint."""
        return f"ipc://{self.sockets / 'circus'}"

    def prepare(self) -> None:
        """Make the folders; those that hold secrets or sockets are for the owner only."""
        for folder in (self.run, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.secrets, self.services, self.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if folder.stat().st_uid != os.getuid():
                raise PermissionError(f"{folder} belongs to another user: remove it, or set another LAKE_HOME")


def layout() -> Layout:
    """The layout of this process's ``LAKE_HOME``; needs no settings file yet."""
    home = Path(os.environ.get("LAKE_HOME") or ".lake/home")
    return Layout(home if home.is_absolute() else (ROOT / home).resolve())


def instance_id(place: Layout) -> str:
    """Identity of this lake, made once."""

    class _Run:
        run = place.run

    return spark_instance_id(_Run())  # type: ignore[arg-type]


def free_ports(count: int, taken: Iterable[int] = ()) -> list[int]:
    """``count`` different TCP ports that are free on the loopback interface now."""
    held: list[socket.socket] = []
    ports: list[int] = []
    try:
        while len(ports) < count:
            held.append(socket.socket())
            held[-1].bind(("127.0.0.1", 0))
            port = held[-1].getsockname()[1]
            if port not in taken:
                ports.append(port)
    finally:
        for one in held:
            one.close()
    return ports


def read_settings_env(place: Layout) -> dict[str, str]:
    """Content of ``run/settings.env``; empty before the first start."""
    if not place.settings_env.exists():
        return {}
    lines = place.settings_env.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def write_settings_env(place: Layout, values: Mapping[str, str]) -> None:
    """Replace ``run/settings.env`` in one step."""
    fresh = place.settings_env.with_suffix(".new")
    text = "# written at start; clients of this lake read it\n" + "".join(f"{k}={v}\n" for k, v in values.items())
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(place.settings_env)


def ensure_settings(place: Layout, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give the lake its ports at the first start and pin world and clock; later starts keep them.

    Raises SettingsConflict where the environment now asks for another world or clock.
    """
    values = read_settings_env(place)
    for name in PINNED:
        asked = environ.get(name)
        if asked and values.get(name, asked) != asked:
            raise SettingsConflict(
                f"{name}={asked}, but this lake was started with {values[name]}: unset {name}, or set another LAKE_HOME"
            )
        if asked:
            values[name] = asked
    names = [f"LAKE_{service.upper()}_URL" for service in HTTP_SERVICES]
    missing = [name for name in ("LAKE_SPARK_REMOTE", *names) if name not in values]
    for name, port in zip(missing, free_ports(len(missing)), strict=True):
        values[name] = f"sc://127.0.0.1:{port}" if name == "LAKE_SPARK_REMOTE" else f"http://127.0.0.1:{port}"
    if values.get("LAKE_TOPOLOGY") == "cluster":
        values |= cluster_addresses(values)
    write_settings_env(place, values)
    return values


def cluster_addresses(values: Mapping[str, str]) -> dict[str, str]:
    """Settings of the cluster topology that ``values`` lacks, with free ports."""
    missing = [name for name in CLUSTER if name not in values]
    taken = {urlsplit(value).port or 0 for value in values.values() if "://" in value}
    ports = free_ports(len(missing), taken)
    return {name: CLUSTER[name].format(port=port) for name, port in zip(missing, ports, strict=True)}


def move_ports(place: Layout, names: Iterable[str]) -> None:
    """Give the addresses ``names`` (``LAKE_…``) new ports: others on this machine took the old ones."""
    values = read_settings_env(place)
    names = list(names)
    taken = {urlsplit(value).port or 0 for value in values.values() if "://" in value}
    for name, port in zip(names, free_ports(len(names), taken), strict=True):
        before = urlsplit(values[name])
        user = f"{before.username}@" if before.username else ""
        values[name] = before._replace(netloc=f"{user}127.0.0.1:{port}").geturl()
    write_settings_env(place, values)
