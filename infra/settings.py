"""Typed settings of every process; read from the environment, then from ``$LAKE_HOME/run/settings.env``.

Secrets are files in ``$LAKE_HOME/run/secrets`` (mode 0600), one per secret, never settings.
A wrong value fails at start and names the variable.
"""

from __future__ import annotations

import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
LOCAL_TZ = ZoneInfo("Asia/Shanghai")


class Settings(BaseSettings):
    """All settings; each is the environment variable ``LAKE_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="LAKE_", extra="forbid")

    tools: Path = Field(ROOT / ".lake", description="environments (env/<group>) and jars")
    home: Path = Field(ROOT / ".lake" / "home", description="all state: landing, warehouse, serving, run")
    now: datetime | None = Field(None, description="pins the clock; ISO 8601 with an offset")
    world: Literal["full", "small"] = Field("full", description="size of the simulated upstream")
    world_seed: int = Field(20241101, description="seed of the simulated upstream")
    topology: Literal["embedded", "cluster"] = Field(
        "embedded", description="embedded: one Spark process; cluster: master, workers and object store of this machine"
    )
    spark_remote: str = Field("sc://127.0.0.1:15002", description="Spark Connect endpoint")
    spark_master: str = Field("local[2]", description="where Spark's tasks run: local[n] or spark://host:port")
    spark_master_url: str = Field("", description="page of a standalone Spark master, which tells its workers")
    spark_driver_host: str = Field("127.0.0.1", description="address by which executors reach the Connect server")
    spark_executor_memory_mb: int = Field(1024, ge=512, description="heap of one executor on a cluster")
    warehouse_url: str = Field("", description="s3a://bucket/path of the Delta tables; empty: LAKE_HOME/warehouse")
    s3_endpoint: str = Field("", description="address of the object store, http(s)://host:port")
    metastore_url: str = Field(
        "", description="postgresql://user@host:port/database of the Hive metastore; empty: none"
    )
    reporting_url: str = Field("http://127.0.0.1:18101", description="重点单位报送 platform")
    metering_url: str = Field("http://127.0.0.1:18102", description="能耗在线监测 platform")
    ship_energy_url: str = Field("http://127.0.0.1:18103", description="船舶能耗数据 platform")
    pollutant_url: str = Field("http://127.0.0.1:18104", description="大气污染物核算 platform")
    exchange_url: str = Field("http://127.0.0.1:18105", description="交通行业数据交换 platform")
    superset_url: str = Field("http://127.0.0.1:18088", description="visualization centre")
    airflow_url: str = Field("http://127.0.0.1:18080", description="Airflow API and UI")
    docs_url: str = Field("http://127.0.0.1:18090", description="dbt docs, dictionary, Data Docs")
    release_postgres_url: str = Field("", description="SQLAlchemy URL to copy each release to; empty: no copy")
    disk_cap_gb: float = Field(50.0, gt=0, description="warn when LAKE_HOME grows beyond this")

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("LAKE_NOW needs an offset, for example 2026-11-22T08:00:00+08:00")
        return value

    @field_validator("warehouse_url")
    @classmethod
    def _object_store(cls, value: str) -> str:
        if value and not value.startswith("s3a://"):
            raise ValueError("LAKE_WAREHOUSE_URL is s3a://bucket/path, or empty for LAKE_HOME/warehouse")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if self.warehouse_url and not (self.s3_endpoint and self.metastore_url):
            raise ValueError(
                "LAKE_WAREHOUSE_URL needs LAKE_S3_ENDPOINT, and LAKE_METASTORE_URL, whose database holds the lock by "
                "which one driver writes"
            )
        return self

    @field_validator("tools", "home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value if value.is_absolute() else (ROOT / value).resolve()

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def warehouse(self) -> Path:
        """Folder that every Spark worker sees; the Delta tables lie here unless ``warehouse_url`` says otherwise."""
        return self.home / "warehouse"

    @property
    def serving(self) -> Path:
        return self.home / "serving"

    def secret(self, name: str) -> str:
        """Content of the secret file ``name``; raises FileNotFoundError with the mend."""
        path = self.run / "secrets" / name
        if not path.exists():
            raise FileNotFoundError(
                f"secret {name!r} is missing at {path}: run `make run` (or `bin/lake init`) to create it"
            )
        return path.read_text(encoding="utf-8").strip()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    home = os.environ.get("LAKE_HOME")
    base = Path(home) if home else ROOT / ".lake" / "home"
    base = base if base.is_absolute() else ROOT / base
    env_file = base / "run" / "settings.env"
    return Settings(_env_file=env_file if env_file.exists() else None)  # type: ignore[call-arg]


def now() -> datetime:
    """The platform's clock in Asia/Shanghai: ``LAKE_NOW`` if set, else the system's."""
    pinned = settings().now
    return pinned.astimezone(LOCAL_TZ) if pinned else datetime.now(LOCAL_TZ)
