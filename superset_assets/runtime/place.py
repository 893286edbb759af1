"""Where Superset finds its state: every path and secret comes from the environment.

Imported by Superset's own Python environment, which has none of the lake's packages: standard library only.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lake_home() -> Path:
    """State folder of the platform, ``LAKE_HOME`` (default ``.lake/home``)."""
    home = Path(os.environ.get("LAKE_HOME") or ROOT / ".lake" / "home")
    return home if home.is_absolute() else ROOT / home


def superset_home() -> Path:
    """Superset's own state (caches, audit log, language pack)."""
    return Path(os.environ.get("SUPERSET_STATE") or lake_home() / "superset")


def serving_file() -> Path:
    """The published DuckDB file that dashboards read."""
    return Path(os.environ.get("SUPERSET_SERVING_FILE") or lake_home() / "serving" / "current.duckdb")


def live_file() -> Path:
    """The live view's DuckDB file, outside releases."""
    return Path(os.environ.get("SUPERSET_LIVE_FILE") or lake_home() / "serving" / "live.duckdb")


def secret(name: str, create: bool = False) -> str:
    """Secret ``name`` from ``$SUPERSET_SECRETS`` (default ``$LAKE_HOME/run/secrets``), mode 0600.

    With ``create`` a missing secret is generated once; two processes racing read the same value.
    """
    folder = Path(os.environ.get("SUPERSET_SECRETS") or lake_home() / "run" / "secrets")
    path = folder / name
    if create and not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{name}.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            # A capital, a digit and a sign, so that the password policy accepts a user's secret.
            file.write(f"{secrets.token_urlsafe(18)}-A7a")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if not path.exists():
        raise FileNotFoundError(f"secret {name!r} is missing at {path}; deploying the dashboards creates it")
    return path.read_text(encoding="utf-8").strip()


def required(name: str, mend: str) -> str:
    """Environment variable ``name``, or an error that says how to set it."""
    value = os.environ.get(name, "")
    if not value:
        raise SystemExit(f"superset: environment variable {name} is not set; {mend}")
    return value


def instance_id() -> str:
    """Identity of this installation, by which a start checks that the server that answers is its own."""
    given = os.environ.get("LAKE_INSTANCE", "")
    path = lake_home() / "run" / "spark_instance"
    return given or (path.read_text(encoding="utf-8").strip() if path.exists() else "")
