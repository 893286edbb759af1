"""Where the Delta tables lie: a folder, or an object store that speaks S3. Nothing else knows which.

Table ``layer.name`` is ``<root>/layer/name``; the catalog is not consulted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.duckdb_delta import extension
from infra.settings import Settings, settings

if TYPE_CHECKING:
    import duckdb
    from minio import Minio

_COMMIT = re.compile(r"^(\d{20})\.json$")
REGION = "us-east-1"  # what MinIO calls itself unless told otherwise
ACCESS_KEY, SECRET_KEY = "s3_access_key", "s3_secret_key"


class StoreUnreachable(ConnectionError):
    """The object store gave no answer within its client's retries: worth another try later (exit 75)."""


def root(of: Settings | None = None) -> str:
    """Place of all tables as Spark names it."""
    wanted = of or settings()
    return wanted.warehouse_url or str(wanted.warehouse)


def place(name: str) -> str:
    """Place of table ``layer.name`` as Spark names it."""
    return f"{root()}/{name.replace('.', '/', 1)}"


def scan_root() -> str:
    """Place of all tables as DuckDB names it."""
    url = settings().warehouse_url
    return f"s3://{url.removeprefix('s3a://')}" if url else f"file://{settings().warehouse}"


def scan_url(name: str) -> str:
    """Place of table ``layer.name`` as DuckDB's ``delta_scan`` wants it."""
    return f"{scan_root()}/{name.replace('.', '/', 1)}"


def newest_version(name: str) -> int:
    """Newest committed version of the table, -1 if there is no table."""
    if settings().warehouse_url:
        return _newest(_children(f"{_prefix()}{name.replace('.', '/', 1)}/_delta_log/"))
    log = Path(place(name)) / "_delta_log"
    return _newest(os.listdir(log)) if log.is_dir() else -1


def table_names(layer: str = "") -> list[str]:
    """Tables that have a first commit, in order of name; of one layer where one is given."""
    found = []
    for one in [layer] if layer else _folders(""):
        found += [f"{one}.{table}" for table in _folders(one)]
    return sorted(name for name in found if newest_version(name) >= 0)


def open_duckdb(connection: duckdb.DuckDBPyConnection) -> None:
    """Make a DuckDB connection able to read the tables."""
    connection.execute(f"LOAD '{extension('delta')}'")
    of = settings()
    if not of.warehouse_url:
        return
    connection.execute(f"LOAD '{extension('httpfs')}'")
    endpoint = urlsplit(of.s3_endpoint)
    parts = {
        "KEY_ID": _quoted(of.secret(ACCESS_KEY)),
        "SECRET": _quoted(of.secret(SECRET_KEY)),
        "ENDPOINT": _quoted(endpoint.netloc),
        "USE_SSL": str(endpoint.scheme == "https").lower(),
        "URL_STYLE": "'path'",
        "REGION": _quoted(REGION),
        "SCOPE": _quoted(f"s3://{bucket()}"),
    }
    listed = ", ".join(f"{key} {value}" for key, value in parts.items())
    connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET lake_tables (TYPE s3, {listed})")


def bucket() -> str:
    """Bucket of the tables; ValueError where they lie in a folder."""
    if not settings().warehouse_url:
        raise ValueError("the tables lie in a folder: LAKE_WAREHOUSE_URL is empty")
    return urlsplit(settings().warehouse_url).netloc


def ensure_bucket() -> bool:
    """Make the bucket of the tables; False where it was there."""
    with _asking():
        if _client().bucket_exists(bucket()):
            return False
        _client().make_bucket(bucket())
        return True


@contextmanager
def _asking() -> Iterator[None]:
    """Questions to the object store; raises StoreUnreachable where it does not answer them."""
    from minio.error import ServerError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (HTTPError, ServerError) as error:
        raise StoreUnreachable(f"the object store at {settings().s3_endpoint} does not answer: {error}") from error


@lru_cache(maxsize=1)
def _client() -> Minio:
    from minio import Minio

    of = settings()
    endpoint = urlsplit(of.s3_endpoint)
    return Minio(
        endpoint.netloc,
        access_key=of.secret(ACCESS_KEY),
        secret_key=of.secret(SECRET_KEY),
        secure=endpoint.scheme == "https",
        region=REGION,
    )


def _prefix() -> str:
    path = urlsplit(settings().warehouse_url).path.strip("/")
    return f"{path}/" if path else ""


def _children(prefix: str) -> list[str]:
    """Names right below a prefix of the bucket."""
    with _asking():
        listed = _client().list_objects(bucket(), prefix=prefix)
        return [str(one.object_name).removeprefix(prefix).rstrip("/") for one in listed]


def _folders(layer: str) -> list[str]:
    if settings().warehouse_url:
        return _children(f"{_prefix()}{layer}/" if layer else _prefix())
    folder = settings().warehouse / layer
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _newest(names: Iterable[str]) -> int:
    return max((int(found.group(1)) for name in names if (found := _COMMIT.match(name))), default=-1)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
