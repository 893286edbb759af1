"""A road network from the drop folder: landed and in force, or named and left where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.settings import settings
from spark_jobs.engine.fleet import landed, network
from spark_jobs.provenance.chains import verify_chains
from tests.unit.engine.fleet.test_network import HEADER, ROW


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    settings.cache_clear()
    folder = landed.drop_folder()
    folder.mkdir(parents=True)
    yield folder
    settings.cache_clear()


def test_a_network_is_landed_and_put_into_force(drop: Path, tmp_path: Path) -> None:
    lake = str(tmp_path / "silver")
    assert landed.land_network(drop, lake, "run") == 0
    (drop / "network.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    assert landed.land_network(drop, lake, "run") == 1
    assert not list(drop.iterdir())
    assert network.supplied(lake)
    assert verify_chains(feed=landed.NETWORK_FEED).payloads == 1


def test_a_wrong_network_stays_and_changes_nothing(drop: Path, tmp_path: Path) -> None:
    (drop / "network.csv").write_text("edge_id\nA\n", encoding="utf-8")
    with pytest.raises(network.WrongNetwork, match="lacks"):
        landed.land_network(drop, str(tmp_path / "silver"), "run")
    assert (drop / "network.csv").exists()
    assert network.supplied(str(tmp_path / "silver")) == ""
