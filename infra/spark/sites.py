"""What a Spark cluster is told in files, because it is secret: keys of the object store, of the metastore, of Spark.

Hadoop and Hive read ``core-site.xml`` and ``hive-site.xml`` from the driver's class path; executors get them from the
driver. The files are the owner's only and are written anew at each start.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from infra.settings import Settings
from infra.table_store import ACCESS_KEY, REGION, SECRET_KEY

SPARK_SECRET, METASTORE_PASSWORD = "spark_secret", "metastore_password"
# A store that restarts is waited for, about a minute, before a statement fails.
STORE_ATTEMPTS = 20


def write_sites(settings: Settings, folder: Path) -> Path:
    """Write ``core-site.xml`` and ``hive-site.xml`` into ``folder``; returns it, for the class path."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _private(folder / "core-site.xml", _xml(_store(settings) if settings.warehouse_url else {}))
    _private(folder / "hive-site.xml", _xml(_metastore(settings, folder) if settings.metastore_url else {}))
    return folder


def write_properties(settings: Settings, path: Path, *texts: str) -> Path:
    """Write a properties file of ``texts`` and the secret by which Spark's processes know each other."""
    secret = f"spark.authenticate true\nspark.authenticate.secret {settings.secret(SPARK_SECRET)}\n"
    _private(path, "\n".join([*texts, secret]))
    return path


def _store(settings: Settings) -> dict[str, str]:
    secure = urlsplit(settings.s3_endpoint).scheme == "https"
    return {
        "fs.s3a.endpoint": settings.s3_endpoint,
        "fs.s3a.endpoint.region": REGION,
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": str(secure).lower(),
        "fs.s3a.aws.credentials.provider": "org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider",
        "fs.s3a.access.key": settings.secret(ACCESS_KEY),
        "fs.s3a.secret.key": settings.secret(SECRET_KEY),
        "fs.s3a.attempts.maximum": str(STORE_ATTEMPTS),
        "fs.s3a.retry.limit": str(STORE_ATTEMPTS),
        "fs.s3a.retry.interval": "200ms",
        "fs.s3a.fast.upload.buffer": "bytebuffer",
    }


def _metastore(settings: Settings, folder: Path) -> dict[str, str]:
    url = urlsplit(settings.metastore_url)
    return {
        "javax.jdo.option.ConnectionURL": f"jdbc:postgresql://{url.hostname}:{url.port or 5432}{url.path}",
        "javax.jdo.option.ConnectionDriverName": "org.postgresql.Driver",
        "javax.jdo.option.ConnectionUserName": url.username or "hive",
        "javax.jdo.option.ConnectionPassword": settings.secret(METASTORE_PASSWORD),
        "datanucleus.schema.autoCreateAll": "false",
        "datanucleus.connectionPoolingType": "HikariCP",
        "hive.metastore.schema.verification": "true",
        "hive.exec.scratchdir": str(folder / "scratch"),
        "hive.exec.local.scratchdir": str(folder / "scratch"),
    }


def _xml(values: dict[str, str]) -> str:
    rows = "".join(
        f"  <property><name>{escape(name)}</name><value>{escape(value)}</value></property>\n"
        for name, value in values.items()
    )
    return f'<?xml version="1.0"?>\n<configuration>\n{rows}</configuration>\n'


def _private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
