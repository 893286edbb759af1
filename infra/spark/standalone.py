"""Command lines of a standalone Spark master and its workers: the same on one machine and on many.

python -m infra.spark.standalone master
python -m infra.spark.standalone worker --name NAME --host ADDRESS --cores N
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

from infra.settings import ROOT, Settings, settings
from infra.spark import server
from infra.spark.sites import write_properties

DAEMON_HEAP_MB = 256
SCALA = "2.13"  # a worker's launcher asks for it: Spark's shell scripts, which set it, are not used
_DAEMON = """spark.master.rest.enabled false
spark.ui.killEnabled false
spark.worker.cleanup.enabled true
spark.deploy.recoveryMode FILESYSTEM
spark.deploy.recoveryDirectory {recovery}
"""


def master(settings: Settings) -> tuple[list[str], dict[str, str]]:
    """argv and environment of the master at ``spark_master``, its page at ``spark_master_url``."""
    address, page = urlsplit(settings.spark_master), urlsplit(settings.spark_master_url)
    words = ["--host", str(address.hostname), "--port", str(address.port), "--webui-port", str(page.port)]
    return _daemon(settings, "master", str(address.hostname), "org.apache.spark.deploy.master.Master", words)


def worker(settings: Settings, name: str, host: str, cores: int) -> tuple[list[str], dict[str, str]]:
    """argv and environment of a worker called ``name`` on ``host``, which gives one executor's memory and ``cores``."""
    words = [
        *("--host", host, "--port", "0", "--webui-port", "0", "--cores", str(cores)),
        *("--memory", f"{settings.spark_executor_memory_mb}M", "--work-dir", str(_folder(settings) / name)),
        settings.spark_master,
    ]
    return _daemon(settings, name, host, "org.apache.spark.deploy.worker.Worker", words)


def _folder(settings: Settings) -> Path:
    return settings.run / "spark"


def _daemon(settings: Settings, name: str, host: str, main: str, words: list[str]) -> tuple[list[str], dict[str, str]]:
    scratch = _folder(settings) / name
    recovery = scratch / "recovery"
    recovery.mkdir(parents=True, exist_ok=True)
    properties = write_properties(settings, scratch / "daemon.conf", _DAEMON.format(recovery=recovery))
    argv = [
        str(server.java()),
        *server.jvm_options(scratch, DAEMON_HEAP_MB),
        *("-cp", server.classpath(settings)),
        main,
        *("--properties-file", str(properties)),
        *words,
    ]
    env = server.environment(settings)
    env["SPARK_LOCAL_DIRS"] = str(scratch)
    env["SPARK_LOCAL_IP"] = host  # pages, too, are bound to this address only
    env["SPARK_SCALA_VERSION"] = SCALA
    env["JAVA_HOME"] = str(server.java().parents[1])
    return argv, env | {"PYTHONPATH": str(ROOT)}


def main() -> None:
    """Become a master or a worker; the process id stays the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("master")
    one = parts.add_parser("worker")
    one.add_argument("--name", required=True)
    one.add_argument("--host", required=True)
    one.add_argument("--cores", type=int, required=True)
    given = parser.parse_args()
    of = settings()
    argv, env = master(of) if given.part == "master" else worker(of, given.name, given.host, given.cores)
    os.execve(argv[0], argv, env)


if __name__ == "__main__":
    main()
