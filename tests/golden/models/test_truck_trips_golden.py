"""truck-trips: GCJ-02 and BD-09 on points published with two open libraries, and round trips all over China."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.tracks import great_circle_km
from spark_jobs.models.truck_trips.coordinates import (
    SYSTEMS,
    bd09_from_gcj02,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    to_wgs84,
    wgs84_from_gcj02,
)

# googollee/eviltransform, its own tests: WGS-84 latitude, longitude → GCJ-02 (Shanghai, Shenzhen, Beijing).
EVILTRANSFORM = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]
# wandergis/coordtransform, its own tests, all at longitude 116.404, latitude 39.915: latitude, longitude.
HERE = (np.float64(39.915), np.float64(116.404))
BD09_OF_IT, GCJ02_OF_IT = (39.92133699351021, 116.41036949371029), (39.91640428150164, 116.41024449916938)
GCJ02_IF_BD09, WGS84_IF_GCJ02 = (39.90865673957631, 116.39762729119315), (39.91359571849836, 116.39775550083061)


def metres(one: tuple, other: tuple) -> float:
    a, b = (tuple(np.array([float(x)]) for x in point) for point in (one, other))
    return float(great_circle_km(*a, *b)[0]) * 1000


@pytest.mark.parametrize(("lat", "lon", "gcj_lat", "gcj_lon"), EVILTRANSFORM)
def test_gcj02_on_known_points(lat: float, lon: float, gcj_lat: float, gcj_lon: float) -> None:
    assert metres(gcj02_from_wgs84(np.float64(lat), np.float64(lon)), (gcj_lat, gcj_lon)) < 0.1
    assert metres(wgs84_from_gcj02(np.float64(gcj_lat), np.float64(gcj_lon)), (lat, lon)) < 0.1
    assert 300 < metres((lat, lon), (gcj_lat, gcj_lon)) < 1000


def test_all_ways_on_the_point_of_coordtransform() -> None:
    """Its inverses are approximate, these are iterated: within a metre. eviltransform's BD-09 has π for 3000π/180."""
    assert bd09_from_gcj02(*HERE) == pytest.approx(BD09_OF_IT, abs=1e-12)
    assert gcj02_from_wgs84(*HERE) == pytest.approx(GCJ02_OF_IT, abs=1e-12)
    assert metres(gcj02_from_bd09(*HERE), GCJ02_IF_BD09) < 1.0
    assert metres(to_wgs84(*HERE, "gcj02"), WGS84_IF_GCJ02) < 1.0


@given(st.floats(18.5, 53.5), st.floats(73.6, 134.9))
@settings(max_examples=200, deadline=None)
def test_round_trips_are_within_a_centimetre(lat: float, lon: float) -> None:
    here = (np.float64(lat), np.float64(lon))
    mars = gcj02_from_wgs84(*here)
    assert metres(wgs84_from_gcj02(*mars), here) < 0.01
    assert metres(gcj02_from_bd09(*bd09_from_gcj02(*mars)), mars) < 0.01
    assert SYSTEMS == ("wgs84", "gcj02", "bd09")


def test_outside_china_nothing_is_shifted() -> None:
    assert gcj02_from_wgs84(np.float64(35.68), np.float64(139.77)) == (35.68, 139.77)
