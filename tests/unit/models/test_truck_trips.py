"""truck-trips on days whose every stop is known, with drift, jumps, duplicates, silences and missing columns."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.frame import InputError
from spark_jobs.models.registry import model
from spark_jobs.models.truck_trips.coordinates import bd09_from_gcj02, gcj02_from_wgs84
from spark_jobs.models.truck_trips.places import night_hours

MIDNIGHT = 1_790_352_000.0  # 2026-09-26 00:00 in Shanghai
HOME, DEPOT, PUMP = (31.10, 121.40), (31.40, 121.40), (31.25, 121.42)
M_PER_DEGREE = 111_195.0


@dataclass
class Drive:
    """Builds a track: stays and straight drives, with drift of ``drift`` m."""

    step: float = 30.0
    drift: float = 10.0
    seed: int = 1
    time: list[float] = field(default_factory=lambda: [MIDNIGHT])
    at: list[tuple[float, float]] = field(default_factory=lambda: [HOME])
    speed: list[float] = field(default_factory=lambda: [0.0])
    engine: list[bool] = field(default_factory=lambda: [False])
    truth: list[str] = field(default_factory=lambda: ["stopped"])

    def stay(self, hours: float, on: bool = False) -> "Drive":
        return self._go(hours, self.at[-1], 0.0, on, "stopped")

    def drive(self, hours: float, to: tuple[float, float]) -> "Drive":
        return self._go(hours, to, 40.0, True, "moving")

    def _go(self, hours: float, to: tuple[float, float], speed: float, on: bool, state: str) -> "Drive":
        here, count = self.at[-1], round(hours * 3600 / self.step)
        for k in range(1, count + 1):
            self.time.append(self.time[-1] + self.step)
            self.at.append((here[0] + (to[0] - here[0]) * k / count, here[1] + (to[1] - here[1]) * k / count))
            self.speed.append(speed)
            self.engine.append(on)
            self.truth.append(state)
        return self

    def columns(self, vehicle: str = "T1") -> dict:
        rng = np.random.default_rng(self.seed)
        noise = rng.normal(0, self.drift / M_PER_DEGREE, (len(self.at), 2))
        place = np.array(self.at) + noise
        return {"vehicle_id": [vehicle] * len(self.at), "time": np.array(self.time), "latitude_deg": place[:, 0],
                "longitude_deg": place[:, 1], "speed_kmh": np.array(self.speed),
                "engine_on": list(self.engine)}  # fmt: skip


def day(**how: float) -> Drive:
    """Home until 7, 50 min to the depot, 72 min there, 25 min to the pump, 12 min there, 25 min home, home."""
    track = Drive(**how)
    return track.stay(7).drive(5 / 6, DEPOT).stay(1.2).drive(25 / 60, PUMP).stay(0.2).drive(25 / 60, HOME).stay(14)


def week(days: int = 4) -> Drive:
    track = Drive()
    for _ in range(days):
        track.stay(7).drive(5 / 6, DEPOT).stay(1.2).drive(25 / 60, PUMP).stay(0.2).drive(25 / 60, HOME).stay(14)
    return track


def run(columns: dict, **options: object) -> list[dict]:
    return model("truck-trips").run(pa.table(columns), **options).to_pylist()


@pytest.mark.parametrize("known", [("speed_kmh", "engine_on"), ("speed_kmh",), ("engine_on",), ()])
@pytest.mark.parametrize(("step", "drift"), [(10.0, 8.0), (30.0, 10.0), (30.0, 25.0), (60.0, 15.0)])
def test_every_stop_and_trip_of_a_day_is_found(known: tuple, step: float, drift: float) -> None:
    track = day(step=step, drift=drift)
    columns = {k: v for k, v in track.columns().items() if k in known or k not in ("speed_kmh", "engine_on")}
    rows = run(columns)
    assert [r["kind"] for r in rows] == ["stop", "trip", "stop", "trip", "stop", "trip", "stop"]
    assert [r["hours"] for r in rows] == pytest.approx([7, 5 / 6, 1.2, 25 / 60, 0.2, 25 / 60, 14], abs=2.1 * 60 / 3600)
    trips = [r["distance_km"] for r in rows if r["kind"] == "trip"]
    assert trips == pytest.approx([33.36, 16.79, 16.79], rel=0.05)
    points = run(columns, points=True)
    right = np.mean([p["state"] == truth for p, truth in zip(points, track.truth, strict=True)])
    assert right > 0.99
    assert all(0.5 <= p["probability"] <= 1 for p in points)


def test_rows_follow_each_other_and_sum_to_the_whole_time() -> None:
    track = week()
    rows = run(track.columns())
    assert [r["sequence"] for r in rows] == list(range(1, len(rows) + 1))
    assert all(a["end_time"] == b["start_time"] for a, b in pairwise(rows))
    assert sum(r["hours"] for r in rows) == pytest.approx((track.time[-1] - track.time[0]) / 3600)


def test_home_base_routes_and_purposes_of_a_week() -> None:
    rows = run(week().columns())
    stops = [r for r in rows if r["kind"] == "stop"]
    assert {r["purpose"] for r in stops if r["place"] == 1} == {"home_base"}
    assert {r["purpose"] for r in stops if r["place"] == 2} == {"loading_unloading"}
    assert {r["purpose"] for r in stops if r["place"] == 3} == {"fuel"}
    assert {r["home_h3"] for r in rows} == {stops[0]["start_h3"]}
    assert rows[0]["home_latitude_deg"] == pytest.approx(HOME[0], abs=1e-4)
    assert rows[0]["home_confidence"] == pytest.approx(1.0)
    out = [r for r in rows if (r["origin_place"], r["destination_place"]) == (1, 2)]
    assert len(out) == 4 and all(r["route_trips"] == 4 and r["regular_route"] for r in out)
    assert all(0 < r["confidence"] <= 1 for r in rows)


def test_a_jam_is_traffic_and_a_red_light_is_a_halt() -> None:
    track = Drive().stay(1).drive(0.4, PUMP).stay(0.15, on=True).drive(0.4, DEPOT).stay(1)
    assert [r["purpose"] for r in run(track.columns()) if r["place"] == 2] == ["traffic"]
    light = Drive().stay(1).drive(0.4, PUMP).stay(0.04, on=True).drive(0.4, DEPOT).stay(1)
    rows = run(light.columns())
    assert [r["kind"] for r in rows] == ["stop", "trip", "stop"]
    assert rows[1]["halts"] == 1 and rows[1]["halt_hours"] == pytest.approx(0.04, abs=0.02)


def test_a_known_place_makes_its_purpose_surer() -> None:
    places = pa.table(
        {"place_id": ["P"], "latitude_deg": [PUMP[0]], "longitude_deg": [PUMP[1]], "kind": ["fuel_station"]}
    )
    plain, sure = run(day().columns())[4], run(day().columns(), places=places)[4]
    assert sure["known_place"] == "P" and plain["known_place"] is None
    assert sure["purpose"] == "fuel" and sure["confidence"] > max(plain["confidence"], 0.9)


def test_jumps_duplicates_and_zero_positions_change_nothing_but_are_told() -> None:
    clean = day().columns()
    dirty = {name: list(np.asarray(values)) for name, values in clean.items()}
    for row, place in ((100, (45.0, 110.0)), (900, (31.1, 119.0)), (905, (0.0, 0.0))):
        dirty["latitude_deg"][row], dirty["longitude_deg"][row] = place
    for name in dirty:
        dirty[name].append(dirty[name][1000])
    rows, good = run(dirty), run(clean)
    assert [r["kind"] for r in rows[:-1]] == [r["kind"] for r in good]
    assert [r["distance_km"] for r in rows[:-1]] == pytest.approx([r["distance_km"] for r in good], rel=0.02)
    assert (rows[-1]["kind"], rows[-1]["positions"]) == (None, 1) and "no fix" in rows[-1]["reason"]
    points = run(dirty, points=True)
    assert [points[n]["cleaned"] for n in (100, 900, 1000, -1)] == ["jump", "jump", None, "duplicate"]
    assert points[905]["state"] is None and "no fix" in points[905]["reason"]


def test_a_silence_at_one_place_is_a_stop_and_one_that_ends_elsewhere_a_trip() -> None:
    columns = {"vehicle_id": ["a"] * 6, "time": [0, 30, 60, 7260, 7290, 7320], "latitude_deg": [31.0] * 6,
               "longitude_deg": [121.0] * 6}  # fmt: skip
    assert [r["kind"] for r in run(columns)] == ["stop"]
    parked = np.arange(0, 3600, 60.0)
    moved = {"vehicle_id": ["a"] * 120, "time": np.concatenate([parked, parked + 10_800]),
             "latitude_deg": [31.0] * 60 + [31.5] * 60, "longitude_deg": [121.0] * 120}  # fmt: skip
    rows = run(moved)
    assert [r["kind"] for r in rows] == ["stop", "trip", "stop"]
    assert rows[1]["max_gap_min"] == pytest.approx(121) and rows[1]["straight_km"] == pytest.approx(55.6, abs=0.1)


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_systems_are_told_apart_by_known_roads_and_output_is_wgs84(system: str) -> None:
    columns = day(drift=5.0).columns()
    share = np.linspace(0, 1, 700)
    ends = ((HOME, DEPOT), (DEPOT, PUMP), (PUMP, HOME))
    lat, lon = (np.concatenate([a[n] + (b[n] - a[n]) * share for a, b in ends]) for n in (0, 1))
    network = pa.table({"road_id": np.repeat(["G1", "G2", "G3"], 700), "latitude_deg": lat, "longitude_deg": lon})
    here = columns["latitude_deg"], columns["longitude_deg"]
    if system != "wgs84":
        here = gcj02_from_wgs84(*here)
    if system == "bd09":
        here = bd09_from_gcj02(*here)
    shifted = {**columns, "latitude_deg": here[0], "longitude_deg": here[1]}
    rows = run(shifted, coordinates="auto", network=network)
    assert {r["coordinates"] for r in rows} == {system}
    assert rows[0]["start_latitude_deg"] == pytest.approx(HOME[0], abs=2e-5)
    assert rows[1]["corridors"].startswith("G1 33.") and rows[1]["network_km"] == pytest.approx(33.3, abs=0.5)
    assert run(shifted, coordinates=system)[1]["end_longitude_deg"] == pytest.approx(rows[1]["end_longitude_deg"])


def test_auto_without_known_points_or_far_from_them_is_refused() -> None:
    columns = day().columns()
    with pytest.raises(InputError, match="--network or --places"):
        run(columns, coordinates="auto")
    far = pa.table({"place_id": ["x"], "latitude_deg": [30.0], "longitude_deg": [120.0]})
    with pytest.raises(InputError, match="cannot tell: median distance"):
        run(columns, coordinates="auto", places=far)


def test_nothing_usable_is_reasons_only() -> None:
    nothing = {"vehicle_id": ["a"], "time": [0], "latitude_deg": [0.0], "longitude_deg": [0.0]}
    assert [r["positions"] for r in run(nothing)] == [1]
    assert run(nothing, points=True)[0]["state"] is None


def test_night_hours_by_hand() -> None:
    hour = 3600.0
    begin, end = np.array([0.0, 21, 23, 7, 5]) * hour, np.array([24.0, 31, 23.5, 21, 53]) * hour
    assert night_hours(begin, end).tolist() == pytest.approx([8, 8, 0.5, 0, 16])


FIX = st.tuples(st.integers(0, 4000), st.floats(30.9, 31.2), st.floats(121.2, 121.5))


@given(st.lists(FIX, min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_any_fixes_in_any_order_give_whole_time_and_no_nan(fixes: list[tuple], random) -> None:
    def table(rows: list[tuple]) -> dict:
        return {"vehicle_id": [f"v{r[0] % 2}" for r in rows], "time": [float(r[0]) for r in rows],
                "latitude_deg": [r[1] for r in rows], "longitude_deg": [r[2] for r in rows]}  # fmt: skip

    unique = list({r[0]: r for r in fixes}.values())
    rows = run(table(unique))
    shuffled = list(unique)
    random.shuffle(shuffled)
    key = [(r["vehicle_id"], r["sequence"], r["kind"], r["hours"]) for r in rows]
    again = [(r["vehicle_id"], r["sequence"], r["kind"], r["hours"]) for r in run(table(shuffled))]
    assert sorted(key) == sorted(again)
    for vehicle in {r["vehicle_id"] for r in rows}:
        own = [r for r in rows if r["vehicle_id"] == vehicle]
        assert all(a["end_time"] == b["start_time"] for a, b in pairwise(own))
        assert all(np.isfinite(r["distance_km"]) and r["distance_km"] >= 0 for r in own)
    points = run(table(unique), points=True)
    assert len(points) == len(unique) and all(p["state"] in ("moving", "stopped") for p in points)
