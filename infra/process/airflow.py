"""Environment and preparation of Airflow: everything through variables, no configuration file to drift."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from infra.bootstrap import environment_stamp
from infra.process import credentials, postgres
from infra.process.layout import Layout
from infra.settings import ROOT

PARALLELISM = 3
# name: (slots, description). Upstream pools are added per source by the registry.
POOLS = {
    "spark": (2, "jobs that use the Spark Connect server"),
    "gate": (1, "expectations and their pages: one writer of the Data Docs"),
    "marts": (1, "dbt builds and releases: one at a time"),
}
UPSTREAM_SLOTS = 1


def executable(tools: Path) -> Path:
    """The ``airflow`` program of its own environment."""
    return tools / "env" / "airflow" / "bin" / "airflow"


def environment(place: Layout, tools: Path, values: dict[str, str]) -> dict[str, str]:
    """Environment of every Airflow process; ``values`` are the lake's settings (``run/settings.env``)."""
    home = place.home / "airflow"
    port = str(urlsplit(values["LAKE_AIRFLOW_URL"]).port)
    transport = {"type": "file", "log_file_path": str(home / "openlineage.jsonl"), "append": True}
    sealed = {"path": str(place.secrets / "airflow_sealed"), "key_file": str(place.secrets / "airflow_sm4_key")}
    sections = {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": str(PARALLELISM),
        "CORE__MAX_ACTIVE_TASKS_PER_DAG": str(PARALLELISM),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        "CORE__DEFAULT_TIMEZONE": "Asia/Shanghai",
        "CORE__FERNET_KEY": credentials.read(place, "airflow_fernet"),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{credentials.AIRFLOW_USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(place.secrets / "airflow_passwords.json"),
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__BASE_URL": values["LAKE_AIRFLOW_URL"],
        "API__SECRET_KEY": credentials.read(place, "airflow_api_secret_key"),
        "API__WORKERS": "1",
        "API__EXPOSE_CONFIG": "False",
        "API__ENABLE_SWAGGER_UI": "False",
        "API_AUTH__JWT_SECRET": credentials.read(place, "airflow_jwt"),
        "EXECUTION_API__JWT_EXPIRATION_TIME": "86400",
        "DATABASE__SQL_ALCHEMY_CONN": postgres.url(place, "airflow"),
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "SCHEDULER__MAX_DAGRUNS_PER_LOOP_TO_SCHEDULE": "100",
        "SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        # After a kill -9 the load goes on within a minute or two, not five.
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "30",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
        "LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs" / "dag_processor"),
        "OPENLINEAGE__TRANSPORT": json.dumps(transport),
        "OPENLINEAGE__NAMESPACE": "lake",
        "SECRETS__BACKEND": "lake.secrets_backend.Sm4FileBackend",
        "SECRETS__BACKEND_KWARGS": json.dumps(sealed),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "JAVA_HOME") if key in os.environ}
    return {
        **keep,
        **{key: value for key, value in values.items() if key in ("LAKE_NOW", "LAKE_WORLD", "LAKE_WORLD_SEED")},
        **{f"AIRFLOW__{key}": value for key, value in sections.items()},
        "AIRFLOW_HOME": str(home),
        "PYTHONPATH": str(ROOT / "dags"),
        "LAKE_HOME": str(place.home),
        "LAKE_TOOLS": str(tools),
        "LAKE_ROOT": str(ROOT),
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
        "OMP_NUM_THREADS": "1",
    }


def prepare(place: Layout, tools: Path, values: dict[str, str], upstream_pools: list[str]) -> None:
    """Migrate the metadata database and set the pools; again only when the lock or the pools change."""
    home = place.home / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    pools = {**POOLS, **dict.fromkeys(upstream_pools, (UPSTREAM_SLOTS, "requests to one upstream platform"))}
    stamp = environment_stamp("airflow") + json.dumps(pools, sort_keys=True)
    mark = home / ".prepared"
    if mark.exists() and mark.read_text() == stamp:
        return
    wanted = {name: {"slots": slots, "description": text, "include_deferred": False}
              for name, (slots, text) in pools.items()}  # fmt: skip
    pools_file = home / "pools.json"
    pools_file.write_text(json.dumps(wanted))
    env = environment(place, tools, values)
    log = place.logs / "airflow-prepare.log"
    with log.open("ab") as out:
        for arguments in (["db", "migrate"], ["pools", "import", str(pools_file)]):
            done = subprocess.run([str(executable(tools)), *arguments], env=env, stdout=out, stderr=out, check=False)
            if done.returncode:
                raise RuntimeError(f"airflow {' '.join(arguments)} failed (exit {done.returncode}); see {log}")
    mark.write_text(stamp)
