"""Silver and hours: against the model, whatever the cut and order, with what is not known counted."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from spark_jobs.engine.ais import question, thin
from spark_jobs.engine.ais.merge import read
from spark_jobs.models.shipping.model import POSITIONS
from tests.unit.engine.ais import messages as m

SHIP, OTHER = 412_000_001, 412_000_002
SPEEDS = [0.0, 0.0, 0.2, 2.0, 4.0, 8.0, 12.0, 16.0, 19.0, 21.0, 21.5, 14.0, 9.0, 102.3, 6.0, 3.5, 1.0, 0.0, 0.0, 0.0]


def fixes(begin: int = 3600, every: int = 360) -> list[str]:
    """A ship from the middle of the small port northward, moored at first."""
    lines, latitude = list[str](), 31.36
    for n, knots in enumerate(SPEEDS):
        if n > 0 and knots < 100 and SPEEDS[n - 1] < 100:
            latitude += 0.5 * (knots + SPEEDS[n - 1]) * every / 3600.0 / 60.0405
        elif n:
            latitude += 8.0 * every / 3600.0 / 60.0405
        lines += m.said(
            m.MIDNIGHT + begin + n * every, msg_type=1, mmsi=SHIP, speed=knots, status=0, lat=latitude, lon=121.61
        )
    return lines


def by_model(waters: m.Waters) -> dict[str, float]:
    """Sums of ``lake model shipping-positions`` over the silver fixes."""
    (path,) = waters.files.values()
    columns = read(path)
    times = [datetime.fromtimestamp(m.MIDNIGHT + int(s), UTC) for s in columns["second"]]
    degrees = columns["latitude"] / 600_000
    fed = pa.table({
        "ship_id": ["9000001"] * len(times), "time": pa.array(times, pa.timestamp("us", "UTC")),
        "latitude_deg": degrees,
        "longitude_deg": columns["longitude"] / 600_000, "speed_kn": columns["speed"] / 10.0,
        "draught_m": [9.0] * len(times), "area": ["port" if abs(y - 31.36) <= 0.05 else None for y in degrees],
    })  # fmt: skip
    out = POSITIONS.run(fed, ships=pa.Table.from_pylist([m.REGISTER]))
    return {name: sum(v or 0.0 for v in out[name].to_pylist()) for name in out.column_names if name.endswith("_t")
            or name in ("distance_nm", "hours")}  # fmt: skip


def stated(**fields: object) -> list[str]:
    return m.said(m.MIDNIGHT + 60, msg_type=5, mmsi=SHIP, shipname="A", **fields)


def test_the_kernel_is_the_model(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    waters.take(m.file(tmp_path, "2026-11-20T03", [*stated(draught=9.0), *fixes()]))
    got, wanted = waters.hours(register={SHIP: m.REGISTER}), by_model(waters)
    assert wanted["main_fuel_t"] > 1.0 and wanted["boiler_fuel_t"] > 0.0
    for ours, theirs, scale in (
        ("main_fuel_kg", "main_fuel_t", 1e3), ("auxiliary_fuel_kg", "auxiliary_fuel_t", 1e3),
        ("boiler_fuel_kg", "boiler_fuel_t", 1e3), ("co2_kg", "co2_t", 1e3), ("distance_nm", "distance_nm", 1.0),
    ):  # fmt: skip
        assert m.total(got, ours) == pytest.approx(wanted[theirs] * scale, rel=1e-9), ours
        assert m.total(got, ours, "cell") == pytest.approx(m.total(got, ours), rel=1e-12)
    seconds = sum(m.total(got, name) for name in ("moving_s", "anchor_s", "berth_s", "silent_s"))
    assert seconds == pytest.approx(19 * 360.0) == pytest.approx(wanted["hours"] * 3600.0)
    assert m.total(got, "berth_s") > 0 and m.total(got, "unknown_s") == 0


def test_cut_and_order_do_not_matter(tmp_path: Path) -> None:
    """A night over midnight: in one file, in two, shuffled with duplicates of another station, late in a second run."""
    lines = [*stated(draught=9.0), *m.sailing(SHIP, 82_800, [12.0] * 121), *m.sailing(OTHER, 83_000, [9.0] * 90)]
    one, two = m.Waters(tmp_path / "one"), m.Waters(tmp_path / "two")
    one.take(m.file(tmp_path / "a", "2026-11-21T01", lines))
    mixed = [*lines, *(line for line in lines[2:] if random.Random(1).random() < 2)]
    random.Random(7).shuffle(mixed)
    half = len(mixed) // 2
    two.take(m.file(tmp_path / "b", "2026-11-21T01", mixed[:half]))
    two.take(m.file(tmp_path / "b", "2026-11-21T23", [*mixed[half:], *stated(draught=9.0)], "late"))
    assert all(x.closes for x in (*one.merged, *two.merged, *one.taken, *two.taken))
    for day in (m.DAY, m.DAY + 1):
        a, b = (w.hours(day, {SHIP: m.REGISTER}) for w in (one, two))
        order = [(name, "ascending") for name in ("kind", "object_id", "hour_start")]
        assert a.sort_by(order).equals(b.sort_by(order)) and a.num_rows > 0
    miles = sum(m.total(one.hours(day, {SHIP: m.REGISTER}), "distance_nm") for day in (m.DAY, m.DAY + 1))
    assert miles == pytest.approx(2 * 12.0 + 89 / 60 * 9.0, rel=2e-4)
    full = one.hours(m.DAY, {SHIP: m.REGISTER})
    assert m.total(full, "moving_s") == pytest.approx(3600.0 + 3400.0)


def test_what_is_not_known_is_counted_and_burns_nothing(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    waters.take(m.file(tmp_path, "2026-11-20T02", m.sailing(SHIP, 3600, [12.0] * 31)))
    rows = waters.hours()
    assert m.total(rows, "unknown_s") == m.total(rows, "moving_s") == 1800.0
    assert m.total(rows, "co2_kg") == 0.0 and m.total(rows, "distance_nm") == pytest.approx(6.0, rel=1e-3)


def test_a_ship_by_what_it_says(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    own = stated(ship_type=71, to_bow=150, to_stern=150, to_port=20, to_starboard=20, draught=12.0)
    waters.take(m.file(tmp_path, "2026-11-20T02", [*own, *m.sailing(SHIP, 3600, [16.0] * 31)]))
    rows = waters.hours()
    assert m.total(rows, "main_fuel_kg") > 100.0 and m.total(rows, "unknown_s") == 0.0


def test_a_teleport_is_marked_and_two_ships_under_one_identity_are_ambiguous(tmp_path: Path) -> None:
    jump = m.said(m.MIDNIGHT + 4530, msg_type=1, mmsi=SHIP, speed=12.0, lat=33.0, lon=123.0, status=0)
    waters = m.Waters(tmp_path / "jump")
    waters.take(m.file(tmp_path, "2026-11-20T02", [*m.sailing(SHIP, 3600, [12.0] * 31), *jump]))
    assert [(x.kept, x.jumps, x.ambiguous) for x in waters.merged] == [(32, 1, 0)]
    assert m.total(waters.hours(register={SHIP: m.REGISTER}), "distance_nm") == pytest.approx(6.0, rel=1e-3)

    twins = m.Waters(tmp_path / "twins")
    both = [*m.sailing(SHIP, 3600, [12.0] * 31), *m.sailing(SHIP, 3630, [9.0] * 30, south=33.0)]
    twins.take(m.file(tmp_path / "t", "2026-11-20T02", both))
    assert [(x.kept, x.jumps, x.ambiguous) for x in twins.merged] == [(61, 0, 61)]
    assert m.total(twins.hours(register={SHIP: m.REGISTER}), "co2_kg") == 0.0


def test_shore_power_takes_the_place_of_the_auxiliaries(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    place = {"msg_type": 1, "mmsi": SHIP, "speed": 0.0, "status": 5, "lat": 31.36, "lon": 121.61}
    moored = [line for n in range(25) for line in m.said(m.MIDNIGHT + 3600 + 300 * n, **place)]
    waters.take(m.file(tmp_path, "2026-11-20T04", moored))
    without = waters.hours(register={SHIP: m.REGISTER})
    begin = m.DAY * 86400 + 7200
    half = waters.hours(register={SHIP: m.REGISTER}, calls={"9000001": [(begin, begin + 3600)]})
    assert m.total(without, "berth_s") == m.total(half, "berth_s") == 7200.0
    assert m.total(half, "auxiliary_fuel_kg") == pytest.approx(m.total(without, "auxiliary_fuel_kg") / 2)
    assert m.total(half, "boiler_fuel_kg") == m.total(without, "boiler_fuel_kg")
    assert m.total(half, "shore_power_kwh") > 0 == m.total(without, "shore_power_kwh")


def test_tracks_are_thinned_and_keep_both_ends(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    waters.take(m.file(tmp_path, "2026-11-20T03", m.sailing(SHIP, 3600, [12.0] * 115)))
    points = pa.Table.from_batches(list(thin.tracks(sorted(waters.files.values()), m.DAY)))
    assert points.num_rows == 13
    times = [t.timestamp() - m.MIDNIGHT for t in points["positioned_at"].to_pylist()]
    assert (times[0], times[-1]) == (3600.0, 3600.0 + 114 * 60) and times == sorted(times)


def test_a_register_needs_its_columns_and_each_ship_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept.parquet"
    monkeypatch.setattr(question, "register_path", lambda: kept)
    path = tmp_path / "r.csv"
    pc.write_csv(pa.table({"mmsi": [SHIP, SHIP], "ship_id": ["1", "2"], "ship_type": ["tug", "tug"]}), path)
    with pytest.raises(ValueError, match=f"MMSI {SHIP} stands more than once"):
        question.keep_register(path)
    pc.write_csv(pa.table({"mmsi": [SHIP], "ship_type": ["tug"]}), path)
    with pytest.raises(ValueError, match="column ship_id is missing"):
        question.keep_register(path)
    pc.write_csv(pa.table({"mmsi": [SHIP], "ship_id": ["0012"], "ship_type": ["tug"]}), path)
    assert question.keep_register(path) == 1 and pq.read_table(kept)["ship_id"].to_pylist() == ["0012"]


def test_no_fuel_is_invented_for_silence(tmp_path: Path) -> None:
    waters = m.Waters(tmp_path / "w")
    both = [*m.sailing(SHIP, 3600, [12.0] * 31), *m.sailing(SHIP, 14_400, [12.0] * 31, south=31.5)]
    waters.take(m.file(tmp_path, "2026-11-20T06", both))
    rows = waters.hours(register={SHIP: m.REGISTER})
    assert m.total(rows, "silent_s") == 14_400 - 3600 - 1800
    assert m.total(rows, "moving_s") == 3600.0 and m.total(rows, "distance_nm") == pytest.approx(12.0, rel=1e-3)
