"""An operator's road network: read, refused with a reason, laid out in squares; towns and districts; datums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_jobs.engine.fleet import datum, network, zones

HEADER = ",".join(network.COLUMNS)
ROW = 'A1,沪试路,C1,北行,南行,motorway,310114,50,"LINESTRING (121.3 31.0, 121.3 31.1)"'


def file(folder: Path, *rows: str) -> str:
    path = folder / "roads.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROW.replace("A1", ""), "edge_id must be there"),
        (ROW.replace("A1", "unmatched"), "edge_id must be there"),
        (ROW.replace("LINESTRING", "POINT"), "row 2: geometry must read LINESTRING"),
        (ROW.replace("121.3 31.0", "31.0 121.3"), "longitude comes first"),
        (ROW.replace("(121.3 31.0, 121.3 31.1)", "(121.3 31.0)"), "geometry must read"),
        (ROW.replace(",50,", ",wide,"), "row 2: tolerance_m must be"),
        (ROW.replace(",C1,", ",other,"), "other is no corridor's id"),
        (ROW.replace(",C1,", ",unmatched,"), "unmatched is no corridor's id"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, row: str, reason: str) -> None:
    with pytest.raises(network.WrongNetwork, match=reason):
        network.read(file(tmp_path, row))


def test_a_missing_column_and_a_second_edge_of_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "roads.parquet"
    pq.write_table(pa.table({"edge_id": ["A1"]}), path)
    with pytest.raises(network.WrongNetwork, match="lacks road_name"):
        network.read(str(path))
    with pytest.raises(network.WrongNetwork, match="once each"):
        network.read(file(tmp_path, ROW, ROW))


def test_edges_are_numbered_as_they_are_named(tmp_path: Path) -> None:
    one_way = ROW.replace("A1", "B1").replace(",C1,", ",,").replace("南行", "")
    source = file(tmp_path, ROW, one_way)
    roads, names = network.load(network.build(str(tmp_path), source)), network.names(source)
    assert names.table["edge_id"].to_pylist() == ["unmatched", "A1", "A1~", "B1"]
    pairs = list(zip(names.corridors["corridor_id"].to_pylist(), names.corridors["direction"].to_pylist(), strict=True))
    assert pairs == [("unmatched", ""), ("other", ""), ("C1", "北行"), ("C1", "南行")]
    assert roads.corridor.tolist() == [0, 2, 3, 1]
    assert roads.way.tolist() == [[1, 2], [3, 0]]
    assert (roads.first[1], roads.last[1]) == (roads.last[2], roads.first[2])
    assert roads.segment[0, network.LENGTH] == pytest.approx(0.1 * 111_195, rel=1e-4)


def test_a_supplied_network_is_put_into_force_whole_or_not_at_all(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    assert network.supplied(lake) == ""
    assert network.seal_file(Path(file(tmp_path, ROW)), lake) == 1
    with pytest.raises(network.WrongNetwork):
        network.seal_file(Path(file(tmp_path, ROW.replace("LINESTRING", "x"))), lake)
    assert network.read(network.supplied(lake))["road_name"].to_pylist() == ["沪试路"]
    assert network.names(network.supplied(lake)).name.startswith("运营单位路网")


def test_the_shipped_network_is_schematic_and_has_the_main_motorways() -> None:
    names = network.names()
    assert names.name == "示意路网"
    assert {"S20", "G1503", "G2", "G15", "G40", "G50", "G60"} <= set(names.corridors["corridor_id"].to_pylist())
    rows = network.read(str(network.SHIPPED)).to_pylist()
    assert all(float(row["tolerance_m"]) > 100 for row in rows)  # too rough to tell a datum


def test_districts_of_known_places() -> None:
    at = {"310101": (31.2222, 121.4850), "310114": (31.38, 121.26), "310151": (31.62, 121.40),
          "outside": (31.385, 120.98)}  # fmt: skip
    lat, lon = np.array(list(at.values())).T * 1e6
    assert zones.district(lat, lon).tolist() == list(at)
    assert zones.district(np.array([22.5e6]), np.array([114.0e6])).tolist() == ["outside"]


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # pairs of googollee/eviltransform's own tests
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ],
)
def test_positions_are_turned_within_a_metre(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    lat, lon = datum.to_wgs84(np.array([round(gcj02[0] * 1e6)]), np.array([round(gcj02[1] * 1e6)]))
    assert abs(lat[0] * 1e-6 - wgs84[0]) * 111_195 < 0.5
    assert abs(lon[0] * 1e-6 - wgs84[1]) * 111_195 < 0.5
