"""A client session of the platform's Spark Connect server.

Retries are bounded, a session that the server no longer knows is made anew, and a server that belongs to another
LAKE_HOME is refused.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from infra.settings import Settings, settings
from infra.spark.server import INSTANCE_CONF, instance_id

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")

MAX_RETRIES = 6  # 50 ms growing fourfold, at most 10 s apart: about half a minute, a supervised restart
MAX_BACKOFF_MS = 10_000
CONFLICT_ATTEMPTS = 5
CONFLICT_PAUSE_S = 0.5

_LOST = ("NO_ACTIVE_SESSION", "INVALID_HANDLE.SESSION", "SESSION_NOT_FOUND", "SESSION_CHANGED", "SESSION_CLOSED")
_UNREACHABLE = ("StatusCode.UNAVAILABLE", "RETRIES_EXCEEDED", "Connection refused", "OPERATION_NOT_FOUND")
_CONFLICT = (
    "DELTA_CONCURRENT",
    "DELTA_METADATA_CHANGED",
    "DELTA_PROTOCOL_CHANGED",
    "ConcurrentAppendException",
    "ConcurrentDeleteReadException",
    "ConcurrentDeleteDeleteException",
    "ConcurrentTransactionException",
    "MetadataChangedException",
    "ProtocolChangedException",
)


class ServerUnreachable(RuntimeError):
    """No answer from the Spark Connect server within the bounded retries."""


class WrongServer(RuntimeError):
    """The server that answers belongs to another LAKE_HOME."""


def connect(of: Settings | None = None) -> SparkSession:
    """A new session; raises ServerUnreachable or WrongServer, each naming the endpoint and the mend."""
    from pyspark.errors import PySparkException
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession as ConnectSession

    wanted = of or settings()
    # pyspark.sql.functions, which Great Expectations uses, build Connect's expressions only where this is set.
    os.environ["SPARK_CONNECT_MODE_ENABLED"] = "1"
    _settle_time_zone()
    spark = ConnectSession.builder.remote(wanted.spark_remote).create()
    spark.client.set_retry_policies([DefaultPolicy(max_retries=MAX_RETRIES, max_backoff=MAX_BACKOFF_MS)])
    try:
        answering = spark.conf.get(INSTANCE_CONF, "")
    except (PySparkException, OSError, ValueError) as error:
        _drop(spark)
        raise ServerUnreachable(
            f"no Spark server answers at {wanted.spark_remote} ({_first_line(error)}): see `make status`, `make run`"
        ) from error
    except Exception as error:  # grpc raises its own hierarchy
        _drop(spark)
        if not is_unreachable(error):
            raise
        raise ServerUnreachable(f"no Spark server answers at {wanted.spark_remote}: see `make status`") from error
    if answering != instance_id(wanted):
        _drop(spark)
        raise WrongServer(
            f"the Spark server at {wanted.spark_remote} is not the one of {wanted.home}: "
            "another installation uses this port; set LAKE_SPARK_REMOTE"
        )
    return spark  # type: ignore[return-value]


def close(spark: SparkSession) -> None:
    """End the session; a server that is gone is no error."""
    _drop(spark)


def is_session_lost(error: BaseException) -> bool:
    """Whether the server restarted or forgot the session: a new session and the same idempotent work will do."""
    text = str(error)
    return any(mark in text for mark in _LOST)


def is_unreachable(error: BaseException) -> bool:
    """Whether the server could not be reached at all: worth another try later (exit 75)."""
    text = f"{type(error).__name__} {error}"
    return isinstance(error, ServerUnreachable) or any(mark in text for mark in _UNREACHABLE)


def is_conflict(error: BaseException) -> bool:
    """Whether another commit of the same driver touched the same rows: the statement may be run again."""
    text = str(error)
    return any(mark in text for mark in _CONFLICT)


def retry_conflict(statement: Callable[[], T]) -> T:
    """Run a Delta write; on a commit conflict run it again, a few times."""
    for attempt in range(1, CONFLICT_ATTEMPTS + 1):
        try:
            return statement()
        except Exception as error:
            if attempt == CONFLICT_ATTEMPTS or not is_conflict(error):
                raise
            time.sleep(CONFLICT_PAUSE_S * attempt)
    raise AssertionError("unreachable")


@contextmanager
def one_at_a_time(work: str) -> Iterator[None]:
    """Wait until no other job of this installation does the same work; the lock ends with the process."""
    folder = settings().run / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{work}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _settle_time_zone() -> None:
    """Instants collected to Python are shown in Asia/Shanghai whatever the machine's zone."""
    os.environ["TZ"] = "Asia/Shanghai"
    time.tzset()


def _drop(spark: Any) -> None:
    import atexit

    from pyspark.sql.connect.client.retries import DefaultPolicy

    client = spark.client
    client.set_retry_policies([DefaultPolicy(max_retries=0)])
    spark.stop()
    atexit.unregister(client._on_exit)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
