"""Secrets of one lake: generated at the first start, one file each, mode 0600, never changed by a later start."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from infra.process.layout import Layout

AIRFLOW_USER = "admin"


def _token() -> str:
    return secrets.token_urlsafe(24)


def _fernet() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


GENERATED: dict[str, Callable[[], str]] = {
    "reporting_client_id": lambda: f"lake-{secrets.token_hex(4)}",
    "reporting_client_secret": _token,
    "metering_app_key": lambda: f"lake-{secrets.token_hex(4)}",
    "metering_secret": _token,
    "ship_energy_api_key": _token,
    "exchange_key": _token,
    "s3_access_key": lambda: secrets.token_hex(10),
    "s3_secret_key": _token,
    "metastore_password": _token,
    "spark_secret": lambda: secrets.token_hex(32),
    "airflow_admin_password": _token,
    "airflow_jwt": lambda: secrets.token_urlsafe(64),
    "airflow_fernet": _fernet,
    "airflow_sm4_key": lambda: secrets.token_hex(16),
    "airflow_api_secret_key": lambda: secrets.token_urlsafe(32),
}


def write_secret(folder: Path, name: str, value: str) -> None:
    """Write one secret in one step, readable by the owner only."""
    fresh = folder / f".{name}.new"
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(value)
    fresh.replace(folder / name)


def ensure_secrets(place: Layout) -> list[str]:
    """Generate the secrets that do not exist yet; names of the new ones."""
    made = [name for name in GENERATED if not (place.secrets / name).exists()]
    for name in made:
        write_secret(place.secrets, name, GENERATED[name]())
    _derive(place, "airflow_passwords.json", {AIRFLOW_USER: read(place, "airflow_admin_password")})
    _derive(place, "upstream_credentials.json", _upstream(place))
    return made


def _derive(place: Layout, name: str, content: object) -> None:
    """A file that a program wants in its own form, made of the secrets above; follows them when one is added."""
    path, text = place.secrets / name, json.dumps(content)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_secret(place.secrets, name, text)


def _upstream(place: Layout) -> dict[str, dict[str, str]]:
    """What the simulated platforms accept: the same secrets that the fetch jobs present."""
    return {
        "reporting": {
            "client_id": read(place, "reporting_client_id"),
            "client_secret": read(place, "reporting_client_secret"),
        },
        "metering": {"app_key": read(place, "metering_app_key"), "app_secret": read(place, "metering_secret")},
        "ship_energy": {"api_key": read(place, "ship_energy_api_key")},
        "exchange": {"key": read(place, "exchange_key")},
    }


def read(place: Layout, name: str) -> str:
    """Content of one secret."""
    return (place.secrets / name).read_text(encoding="utf-8").strip()
