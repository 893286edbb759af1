"""The processes of one lake, as data: command line, environment, address, order of start."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace

from infra.process import airflow, cluster, postgres
from infra.process.layout import Layout, instance_id
from infra.process.service import AIRFLOW_STAGE, BASE_STAGE, LOAD_STAGE, PAGES_STAGE, SPARK_STAGE, Service, Site
from infra.settings import ROOT, Settings
from infra.spark import server as spark

UPSTREAM_ADDRESSES = (
    "LAKE_REPORTING_URL",
    "LAKE_METERING_URL",
    "LAKE_SHIP_ENERGY_URL",
    "LAKE_POLLUTANT_URL",
    "LAKE_EXCHANGE_URL",
)
# Trucks of the register that send positions (about 1 % of the full world's). By world.
POSITION_TRUCKS = {"full": 1400, "small": 60}


def _postgres(site: Site) -> Service:
    env = {"PATH": site.env["PATH"], "LANG": "C.UTF-8"}
    argv = postgres.argv(site.place)
    addresses: tuple[str, ...] = ()
    if site.clustered:
        argv, addresses = [*argv, *cluster.metastore_options(site)], ("LAKE_METASTORE_URL",)
    return Service(
        "postgres", BASE_STAGE, argv, env, site.log("postgres"), "metadata database", addresses=addresses,
        cwd="/", as_nobody=True, stop_signal="INT",
    )  # fmt: skip


def _spark(site: Site) -> Service:
    argv, env = spark.command(site.settings)
    title = "Spark Connect server"
    stage = SPARK_STAGE if site.clustered else BASE_STAGE
    return Service("spark", stage, argv, env, site.log("spark"), title, addresses=("LAKE_SPARK_REMOTE",))


def _upstream(site: Site) -> Service:
    argv = [
        site.program("lake", "python"), "-m", "infra.upstream",
        "--port", ",".join(site.port(name) for name in UPSTREAM_ADDRESSES),
        "--credentials", str(site.place.secrets / "upstream_credentials.json"),
        "--instance", instance_id(site.place),
        "--world", site.settings.world,
        "--seed", str(site.settings.world_seed),
        "--truth", str(site.place.home / "upstream" / "truth.jsonl"),
    ]  # fmt: skip
    if site.settings.now:
        argv += ["--now", site.settings.now.isoformat()]
    title = "simulated platforms"
    return Service(
        "upstream",
        BASE_STAGE,
        argv,
        site.env,
        site.log("upstream"),
        title,
        addresses=UPSTREAM_ADDRESSES,
        health="/healthz",
    )


def _airflow(site: Site) -> list[Service]:
    env = airflow.environment(site.place, site.settings.tools, dict(site.values))
    program = str(airflow.executable(site.settings.tools))
    return [
        Service(
            "airflow-api", AIRFLOW_STAGE, [program, "api-server"], env, site.log("airflow-api"),
            "Airflow, pages and API", addresses=("LAKE_AIRFLOW_URL",), health="/api/v2/monitor/health",
        ),
        Service(
            "airflow-scheduler", LOAD_STAGE, [program, "scheduler", "--skip-serve-logs"], env,
            site.log("airflow-scheduler"), "Airflow tasks",
        ),
        Service("airflow-dags", LOAD_STAGE, [program, "dag-processor"], env, site.log("airflow-dags"), "Airflow DAGs"),
    ]  # fmt: skip


def _superset(site: Site) -> Service:
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


def _docs(site: Site) -> Service:
    argv = [site.program("lake", "python"), "-m", "infra.docs.serve", "--port", site.port("LAKE_DOCS_URL")]
    title = "dbt docs, dictionary, Data Docs"
    return Service(
        "docs", PAGES_STAGE, argv, site.env, site.log("docs"), title, addresses=("LAKE_DOCS_URL",), health="/"
    )


def _live(site: Site) -> list[Service]:
    """The live view of fleets and, where the clock runs, simulated gateways that send it a file a minute."""
    argv = [site.program("lake", "python"), "-m", "spark_jobs", "fleet", "live"]
    found = [Service("live", PAGES_STAGE, argv, site.env, site.log("live"), "live view of fleets")]
    if site.settings.now is None:
        argv = [site.program("lake", "python"), *live_gateways(site.place, site.settings), "--follow"]
        title = "simulated gateways of positions, a file a minute"
        found.append(Service("live-gateways", PAGES_STAGE, argv, site.env, site.log("live-gateways"), title))
    return found


def live_gateways(place: Layout, settings: Settings) -> list[str]:
    """Arguments of Python for the simulated gateways, which send the last hour at once."""
    return [
        "-m", "infra.upstream.fleet.minutes",
        "--drop", str(place.home / "drop" / "live"),
        "--staged", str(place.home / "upstream" / "fleet_minutes"),
        "--vehicles", str(POSITION_TRUCKS[settings.world]),
        "--world", settings.world,
        "--seed", str(settings.world_seed),
        *(["--now", settings.now.isoformat()] if settings.now else []),
    ]  # fmt: skip


def services(place: Layout, settings: Settings, values: Mapping[str, str]) -> list[Service]:
    """All processes of this lake. ``values`` is the content of ``run/settings.env``."""
    site = Site(place, settings, values)
    own = cluster.services(site) if site.clustered else []
    found = [
        _postgres(site),
        *own,
        _spark(site),
        _upstream(site),
        *_airflow(site),
        *_live(site),
        _superset(site),
        _docs(site),
    ]
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
