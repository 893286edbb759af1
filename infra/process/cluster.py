"""The cluster topology on one machine: object store with four drives, Spark master, two workers, metastore.

The same settings that name these processes name, on eight machines, those of ``infra/deploy``.
"""

from __future__ import annotations

import os
from pathlib import Path

import psycopg2
from psycopg2 import sql

from infra.process import credentials
from infra.process.layout import Layout
from infra.process.service import BASE_STAGE, SPARK_STAGE, Service, Site
from infra.settings import Settings
from infra.settings import settings as current_settings
from infra.spark import standalone
from infra.spark.prepare import prepare as prepare_stores
from infra.spark.sites import METASTORE_PASSWORD
from infra.table_store import ACCESS_KEY, SECRET_KEY

DRIVES = 4
WORKERS = ("spark-worker-1", "spark-worker-2")
CORES_A_WORKER = 1
ROLE, DATABASE = "hive", "metastore"


def services(site: Site) -> list[Service]:
    """Object store, Spark master and workers. The Connect server is the embedded one with other settings."""
    return [_store(site), _master(site), *(_worker(site, name) for name in WORKERS)]


def _store(site: Site) -> Service:
    drives = site.place.home / "minio"
    for number in range(1, DRIVES + 1):
        (drives / f"drive-{number}").mkdir(parents=True, exist_ok=True)
    env = {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        "MINIO_ROOT_USER": credentials.read(site.place, ACCESS_KEY),
        "MINIO_ROOT_PASSWORD": credentials.read(site.place, SECRET_KEY),
        "MINIO_CI_CD": "1",  # four folders of one disk
        "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off",
    }
    argv = [
        str(store_program(site.settings.tools)), "server", "--quiet", "--address",
        f"127.0.0.1:{site.port('LAKE_S3_ENDPOINT')}", f"{drives}/drive-{{1...{DRIVES}}}",
    ]  # fmt: skip
    return Service(
        "minio", BASE_STAGE, argv, env, site.log("minio"), "object store, four drives",
        addresses=("LAKE_S3_ENDPOINT",), health="/minio/health/cluster",
    )  # fmt: skip


def store_program(tools: Path) -> Path:
    """The MinIO server; FileNotFoundError says how to get it."""
    program = tools / "minio" / "minio"
    if not program.exists():
        raise FileNotFoundError(f"the MinIO server is not at {program}: run `make minio` (builds it; needs Go)")
    return program


def _master(site: Site) -> Service:
    argv, env = standalone.master(site.settings)
    return Service(
        "spark-master", BASE_STAGE, argv, env, site.log("spark-master"), "Spark master",
        addresses=("LAKE_SPARK_MASTER_URL", "LAKE_SPARK_MASTER"), health="/json/",
    )  # fmt: skip


def _worker(site: Site, name: str) -> Service:
    argv, env = standalone.worker(site.settings, name, "127.0.0.1", CORES_A_WORKER)
    return Service(
        name, SPARK_STAGE, argv, env, site.log(name), "Spark worker", addresses=("LAKE_SPARK_MASTER_URL",),
        health="/json/", answer=rf'"aliveworkers"\s*:\s*{len(WORKERS)}\b',
    )  # fmt: skip


def metastore_options(site: Site) -> list[str]:
    """Options by which the metadata database also listens for the metastore's clients, and for them only."""
    rules = site.place.run / "pg_hba.conf"
    rules.write_text(f"local all all trust\nhost {DATABASE} {ROLE} 127.0.0.1/32 scram-sha-256\n")
    port = site.port("LAKE_METASTORE_URL")
    link = site.place.sockets / ".s.PGSQL.5432"
    if not link.is_symlink() or os.readlink(link) != f".s.PGSQL.{port}":
        link.unlink(missing_ok=True)
        link.symlink_to(f".s.PGSQL.{port}")  # its other clients go on finding the socket by the usual name
    return [f"--port={port}", "--listen-addresses=127.0.0.1", f"--hba-file={rules}"]


def prepare(place: Layout, settings: Settings) -> None:
    """Bucket, metastore role, database and schema, where missing; PostgreSQL and the object store answer."""
    password = credentials.read(place, METASTORE_PASSWORD)
    connection = psycopg2.connect(host=str(place.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            _ensure_database(cursor, password)
    finally:
        connection.close()
    os.environ["LAKE_HOME"] = str(place.home)
    current_settings.cache_clear()  # what was read before the addresses were given
    prepare_stores(settings)


def _ensure_database(cursor: psycopg2.extensions.cursor, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(ROLE), sql.Literal(password)))
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))
