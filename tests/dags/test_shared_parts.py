"""Registry, secrets backend and alerts."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

SHARED = "source: {source}\ntitle_zh: 甲\norigin: 乙\nacquisition: {{adapter: a, url_setting: u}}\n"
CONTRACT = "feed: {source}.{name}\nversion: 1\ntitle_zh: 丙\nwindow: {{grain: {grain}, of: t}}\n"


def write_source(folder: Path, source: str, grains: dict[str, str]) -> None:
    place = folder / source
    place.mkdir()
    (place / "_source.yaml").write_text(SHARED.format(source=source), encoding="utf-8")
    for name, grain in grains.items():
        (place / f"{name}.yaml").write_text(CONTRACT.format(source=source, name=name, grain=grain), encoding="utf-8")


def test_a_new_source_is_a_family_by_its_folder_alone(tmp_path: Path) -> None:
    from lake.registry import families

    write_source(tmp_path, "trams", {"line": "day", "trip": "day"})
    (family,) = families(tmp_path)
    assert (family.source, family.grain, family.cron, family.pool) == ("trams", "day", "0 0 * * *", "upstream_trams")
    assert [feed.name for feed in family.feeds] == ["trams.line", "trams.trip"]
    assert not family.closed


def test_feeds_of_one_source_must_share_a_grain(tmp_path: Path) -> None:
    from lake.registry import RegistryError, families

    write_source(tmp_path, "trams", {"line": "day", "trip": "month"})
    with pytest.raises(RegistryError, match=r"trams.*grain"):
        families(tmp_path)


def test_no_source_at_all_is_an_error(tmp_path: Path) -> None:
    from lake.registry import RegistryError, families

    with pytest.raises(RegistryError, match="no source found"):
        families(tmp_path)


def test_sealed_secrets_come_back_and_tampering_is_seen(tmp_path: Path) -> None:
    from lake.secrets_backend import Sm4FileBackend, seal, unseal

    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    sealed = seal({"connections": {"platform": "http://u:密@h"}, "variables": {"v": "1"}}, key)
    (tmp_path / "sealed").write_bytes(sealed)
    (tmp_path / "key").write_text(key.hex())
    backend = Sm4FileBackend(str(tmp_path / "sealed"), str(tmp_path / "key"))
    assert backend.get_conn_value("platform") == "http://u:密@h"
    assert backend.get_variable("v") == "1"
    assert backend.get_conn_value("other") is None
    assert b"http" not in sealed
    broken = bytearray(base64.b64decode(sealed))
    broken[40] ^= 1
    with pytest.raises(InvalidTag):
        unseal(base64.b64encode(broken), key)
    with pytest.raises(InvalidTag):
        unseal(sealed, bytes(16))


def test_an_absent_sealed_file_holds_nothing(tmp_path: Path) -> None:
    from lake.secrets_backend import Sm4FileBackend

    assert Sm4FileBackend(str(tmp_path / "none"), str(tmp_path / "key")).get_conn_value("x") is None


def test_alerts_are_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from lake.alerts import RowNotifier, deadline_missed

    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    (tmp_path / "airflow").mkdir()
    ti = SimpleNamespace(dag_id="d", task_id="t", run_id="r", try_number=3)
    RowNotifier().notify({"ti": ti, "exception": ValueError("坏数据")})
    deadline_missed("feed_x", {"dag_run": {"run_id": "r2"}})
    rows = [json.loads(line) for line in (tmp_path / "airflow" / "alerts.jsonl").read_text().splitlines()]
    assert [row["kind"] for row in rows] == ["task_failed", "deadline_missed"]
    assert rows[0]["reason"] == "坏数据" and rows[0]["attempt"] == 3
    assert rows[1]["run"] == "r2"
