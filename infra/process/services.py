"""The processes of one lake, as data: command line, environment, address, order of start."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infra.process import airflow, postgres
from infra.process.layout import Layout, instance_id
from infra.settings import ROOT, Settings
from infra.spark import server as spark


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
    extra: dict[str, str] = field(default_factory=dict)

    def ports(self, values: Mapping[str, str]) -> list[int]:
        """TCP ports it listens on."""
        return [urlsplit(values[name]).port or 0 for name in self.addresses]


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


def services(place: Layout, settings: Settings, values: Mapping[str, str]) -> list[Service]:
    """All processes of this lake. ``values`` is the content of ``run/settings.env``."""
    tools = settings.tools
    base = _base_env(place, tools, values)
    python = str(tools / "env" / "lake" / "bin" / "python")
    superset_python = str(tools / "env" / "superset" / "bin" / "python")
    spark_argv, spark_env = spark.command(settings)
    airflow_env = airflow.environment(place, tools, dict(values))
    program = str(airflow.executable(tools))

    def log(name: str) -> str:
        return str(place.logs / f"{name}.log")

    def port(name: str) -> str:
        return str(urlsplit(values[name]).port)

    upstream = ("LAKE_REPORTING_URL", "LAKE_METERING_URL", "LAKE_SHIP_ENERGY_URL", "LAKE_POLLUTANT_URL")
    found = [
        Service(
            "postgres", 1, postgres.argv(place), {"PATH": base["PATH"], "LANG": "C.UTF-8"}, log("postgres"),
            "metadata database", cwd="/", as_nobody=True, stop_signal="INT",
        ),
        Service(
            "spark", 1, spark_argv, spark_env, log("spark"), "Spark Connect server",
            addresses=("LAKE_SPARK_REMOTE",),
        ),
        Service(
            "upstream", 1, [python, "-m", "infra.upstream"], base, log("upstream"), "four simulated platforms",
            addresses=upstream, health="/healthz",
        ),
        Service(
            "airflow-api", 2, [program, "api-server"], airflow_env, log("airflow-api"), "Airflow, pages and API",
            addresses=("LAKE_AIRFLOW_URL",), health="/api/v2/monitor/health",
        ),
        Service(
            "superset", 2,
            [superset_python, "-m", "superset_assets.server", "--port", port("LAKE_SUPERSET_URL")],
            base, log("superset"), "visualization centre", addresses=("LAKE_SUPERSET_URL",), health="/healthz",
        ),
        Service(
            "docs", 2, [python, "-m", "infra.docs.serve", "--port", port("LAKE_DOCS_URL")],
            base, log("docs"), "dbt docs, dictionary, Data Docs", addresses=("LAKE_DOCS_URL",), health="/healthz",
        ),
        Service("airflow-scheduler", 3, [program, "scheduler"], airflow_env, log("airflow-scheduler"),
                "Airflow scheduler"),
        Service("airflow-dags", 3, [program, "dag-processor"], airflow_env, log("airflow-dags"),
                "Airflow DAG processor"),
    ]  # fmt: skip
    found = [one for one in found if one.argv[1] != "-m" or _exists(one.argv[2])]
    # SPT_NOENV: process titles must not overwrite the environment, by which a process is told to be ours.
    mark = {"LAKE_INSTANCE": instance_id(place), "SPT_NOENV": "1"}
    return [Service(**{**asdict(one), "env": one.env | mark, "addresses": one.addresses}) for one in found]


def _exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


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
