"""The processes of one lake, as data: command line, environment, address, order of start."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from infra.process import airflow, postgres
from infra.process.layout import Layout, instance_id
from infra.settings import ROOT, Settings
from infra.spark import server as spark

UPSTREAM_ADDRESSES = (
    "LAKE_REPORTING_URL",
    "LAKE_METERING_URL",
    "LAKE_SHIP_ENERGY_URL",
    "LAKE_POLLUTANT_URL",
    "LAKE_EXCHANGE_URL",
)
# Pages come up last: a first load does not share its two cores with them, and they need its results.
LOAD_STAGE, PAGES_STAGE = 3, 4


@dataclass(frozen=True)
class Service:
    """One supervised process. ``stage`` orders starts: a stage begins when the one before is ready."""

    name: str
    stage: int
    argv: list[str]
    env: dict[str, str]
    log: str
    title: str
    addresses: tuple[str, ...] = ()  # names of the settings that hold the addresses it listens on
    health: str = ""  # path that answers 200 when it is ready; empty: an open port is enough
    cwd: str = str(ROOT)
    as_nobody: bool = False
    stop_signal: str = "TERM"
    grace_s: float = 20.0


def _base_env(place: Layout, tools: Path, values: Mapping[str, str]) -> dict[str, str]:
    keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "JAVA_HOME") if key in os.environ}
    pinned = {key: values[key] for key in ("LAKE_NOW", "LAKE_WORLD", "LAKE_WORLD_SEED") if key in values}
    return {
        **keep,
        **pinned,
        "LAKE_HOME": str(place.home),
        "LAKE_TOOLS": str(tools),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@dataclass(frozen=True)
class _Site:
    """What the builders below share."""

    place: Layout
    settings: Settings
    values: Mapping[str, str]

    def port(self, name: str) -> str:
        return str(urlsplit(self.values[name]).port)

    def log(self, name: str) -> str:
        return str(self.place.logs / f"{name}.log")

    def program(self, group: str, name: str) -> str:
        return str(self.settings.tools / "env" / group / "bin" / name)

    @property
    def env(self) -> dict[str, str]:
        return _base_env(self.place, self.settings.tools, self.values)


def _postgres(site: _Site) -> Service:
    env = {"PATH": site.env["PATH"], "LANG": "C.UTF-8"}
    return Service(
        "postgres", 1, postgres.argv(site.place), env, site.log("postgres"), "metadata database",
        cwd="/", as_nobody=True, stop_signal="INT",
    )  # fmt: skip


def _spark(site: _Site) -> Service:
    argv, env = spark.command(site.settings)
    title = "Spark Connect server"
    return Service("spark", 1, argv, env, site.log("spark"), title, addresses=("LAKE_SPARK_REMOTE",))


def _upstream(site: _Site) -> Service:
    argv = [
        site.program("lake", "python"), "-m", "infra.upstream",
        "--port", ",".join(site.port(name) for name in UPSTREAM_ADDRESSES),
        "--credentials", str(site.place.secrets / "upstream_credentials.json"),
        "--instance", instance_id(site.place),
        "--world", site.settings.world,
        "--seed", str(site.settings.world_seed),
    ]  # fmt: skip
    if site.settings.now:
        argv += ["--now", site.settings.now.isoformat()]
    title = "simulated platforms"
    return Service(
        "upstream", 1, argv, site.env, site.log("upstream"), title, addresses=UPSTREAM_ADDRESSES, health="/healthz"
    )


def _airflow(site: _Site) -> list[Service]:
    env = airflow.environment(site.place, site.settings.tools, dict(site.values))
    program = str(airflow.executable(site.settings.tools))
    return [
        Service(
            "airflow-api", 2, [program, "api-server"], env, site.log("airflow-api"), "Airflow, pages and API",
            addresses=("LAKE_AIRFLOW_URL",), health="/api/v2/monitor/health",
        ),
        Service(
            "airflow-scheduler", 3, [program, "scheduler", "--skip-serve-logs"], env, site.log("airflow-scheduler"),
            "Airflow tasks",
        ),
        Service("airflow-dags", 3, [program, "dag-processor"], env, site.log("airflow-dags"), "Airflow DAGs"),
    ]  # fmt: skip


def _superset(site: _Site) -> Service:
    conf = str(ROOT / "superset_assets" / "runtime" / "gunicorn_conf.py")
    env = site.env | superset_environment(site.place)
    env["SUPERSET_BIND"] = f"127.0.0.1:{site.port('LAKE_SUPERSET_URL')}"
    return Service(
        "superset", PAGES_STAGE, [site.program("superset", "gunicorn"), "-c", conf, "superset.app:create_app()"], env,
        site.log("superset"), "visualization centre", addresses=("LAKE_SUPERSET_URL",), health="/healthz",
    )  # fmt: skip


def superset_environment(place: Layout) -> dict[str, str]:
    """What Superset's processes need beyond ``LAKE_HOME``: its metadata database."""
    return {"SUPERSET_METADATA_URI": postgres.url(place, "superset")}


def _docs(site: _Site) -> Service:
    argv = [site.program("lake", "python"), "-m", "infra.docs.serve", "--port", site.port("LAKE_DOCS_URL")]
    title = "dbt docs, dictionary, Data Docs"
    return Service(
        "docs", PAGES_STAGE, argv, site.env, site.log("docs"), title, addresses=("LAKE_DOCS_URL",), health="/"
    )


def services(place: Layout, settings: Settings, values: Mapping[str, str]) -> list[Service]:
    """All processes of this lake. ``values`` is the content of ``run/settings.env``."""
    site = _Site(place, settings, values)
    found = [_postgres(site), _spark(site), _upstream(site), *_airflow(site), _superset(site), _docs(site)]
    # SPT_NOENV: process titles must not overwrite the environment, by which a process is told to be ours.
    mark = {"LAKE_INSTANCE": instance_id(place), "SPT_NOENV": "1"}
    return [replace(one, env=one.env | mark | {"LAKE_SERVICE": one.name}) for one in found]


def write_specs(place: Layout, found: list[Service]) -> bool:
    """Write what the launcher reads; True if anything differs from what stands there."""
    changed = False
    wanted = {f"{one.name}.json": json.dumps(asdict(one), sort_keys=True) for one in found}
    wanted["index.json"] = json.dumps([one.name for one in found])
    for name, text in wanted.items():
        path = place.services / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        changed = True
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
    return changed
