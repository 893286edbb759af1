"""The cluster topology as settings: what they must be together, and what processes follow from them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from pydantic import ValidationError

from infra import table_store
from infra.process import layout
from infra.process.layout import Layout
from infra.settings import Settings, settings
from infra.spark import server, sites
from tests.unit.deploy.cluster_settings import cluster_home

CLUSTER = {
    "LAKE_WAREHOUSE_URL": "s3a://lake/warehouse",
    "LAKE_S3_ENDPOINT": "http://127.0.0.1:9000",
    "LAKE_METASTORE_URL": "postgresql://hive@127.0.0.1:5432/metastore",
}


@pytest.mark.parametrize("missing", ["LAKE_S3_ENDPOINT", "LAKE_METASTORE_URL"])
def test_an_object_store_needs_its_address_and_its_lock(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in CLUSTER.keys() - {missing}:
        monkeypatch.setenv(name, CLUSTER[name])
    with pytest.raises(ValidationError, match="LAKE_WAREHOUSE_URL needs LAKE_S3_ENDPOINT, and LAKE_METASTORE_URL"):
        Settings()


def test_tables_lie_where_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    settings.cache_clear()
    assert table_store.place("gold.emission") == f"{tmp_path}/warehouse/gold/emission"
    assert table_store.scan_url("gold.emission") == f"file://{tmp_path}/warehouse/gold/emission"
    for name, value in CLUSTER.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert table_store.place("gold.emission") == "s3a://lake/warehouse/gold/emission"
    assert table_store.scan_url("gold.emission") == "s3://lake/warehouse/gold/emission"
    settings.cache_clear()


def test_a_folder_lists_its_tables_and_newest_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    settings.cache_clear()
    log = tmp_path / "warehouse" / "silver" / "ship" / "_delta_log"
    log.mkdir(parents=True)
    (tmp_path / "warehouse" / "silver" / "position").mkdir()
    for name in ("00000000000000000000.json", "00000000000000000011.json", "00000000000000000010.checkpoint.parquet"):
        (log / name).touch()
    assert table_store.table_names() == ["silver.ship"]
    assert table_store.table_names("gold") == []
    assert table_store.newest_version("silver.ship") == 11
    assert table_store.newest_version("silver.position") == -1
    settings.cache_clear()


def test_ports_move_and_the_rest_of_an_address_stays(tmp_path: Path) -> None:
    place = Layout(tmp_path)
    place.prepare()
    before = layout.ensure_settings(place, {"LAKE_TOPOLOGY": "cluster"})
    layout.move_ports(place, ["LAKE_METASTORE_URL", "LAKE_SPARK_MASTER"])
    after = layout.read_settings_env(place)
    assert after["LAKE_METASTORE_URL"] != before["LAKE_METASTORE_URL"]
    assert after["LAKE_METASTORE_URL"].startswith("postgresql://hive@127.0.0.1:")
    assert after["LAKE_METASTORE_URL"].endswith("/metastore")
    assert after["LAKE_SPARK_MASTER"].startswith("spark://127.0.0.1:")
    assert layout.ensure_settings(place, {}) == after, "a later start keeps the topology and its addresses"


def test_no_secret_is_on_a_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = cluster_home(tmp_path, monkeypatch)
    argv, env = server.command(of)
    known = {of.secret(name) for name in ("s3_secret_key", "metastore_password", "spark_secret")}
    assert not [word for word in [*argv, *env.values()] if any(one in word for one in known)]
    assert "spark.sql.catalogImplementation=hive" in argv
    assert f"spark.master={of.spark_master}" in argv
    properties = tmp_path / "run" / "spark" / "server.conf"
    assert properties.stat().st_mode & 0o077 == 0
    assert of.secret("spark_secret") in properties.read_text()


def test_hadoop_and_hive_are_told_in_files_of_the_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = cluster_home(tmp_path, monkeypatch)
    folder = sites.write_sites(of, tmp_path / "conf")
    told = {}
    for name in ("core-site.xml", "hive-site.xml"):
        assert (folder / name).stat().st_mode & 0o077 == 0
        for one in ElementTree.parse(folder / name).getroot():
            told[one.findtext("name")] = one.findtext("value")
    assert told["fs.s3a.secret.key"] == of.secret("s3_secret_key")
    assert told["fs.s3a.path.style.access"] == "true"
    assert told["javax.jdo.option.ConnectionURL"].startswith("jdbc:postgresql://127.0.0.1:")
    assert told["datanucleus.schema.autoCreateAll"] == "false"
