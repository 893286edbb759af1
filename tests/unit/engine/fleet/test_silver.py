"""Landed files → silver: nothing is lost, nothing depends on order or cut, broken input says what is wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spark_jobs.engine.fleet import register, silver_file
from spark_jobs.engine.fleet.fields import UnreadableFile
from tests.unit.engine.fleet.tracks import DAY, Lake, landed, total, track

TERMINALS = [13_900_000_000 + n for n in range(5)]


def a_day(seed: int = 1) -> np.ndarray:
    """Five trucks in two shifts each, over midnight, with faults; in no order."""
    rng, rows = np.random.default_rng(seed), []
    for terminal in TERMINALS:
        for begin in (25_000, 80_000):
            speed = np.clip(np.cumsum(rng.normal(0, 8, 300)) + 45, 0, 95)
            rows.append(track(terminal, begin + int(rng.integers(0, 30)), speed, altitude=rng.normal(10, 4, 300)))
    whole = np.concatenate(rows)
    whole[rng.integers(0, len(whole), 4), 2] += 900_000  # jumps of 100 km
    again = whole[rng.integers(0, len(whole), 60)]
    other = whole[rng.integers(0, len(whole), 20)].copy()
    other[:, 5] += 7  # same instant, another speed
    whole = np.concatenate([whole, again, other])
    return whole[rng.permutation(len(whole))]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("once")
    lake = Lake(folder, TERMINALS)
    lake.take(landed(folder / "in", "2026-11-21T05", a_day()))
    return lake


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 3080), max_size=5), order=st.randoms(use_true_random=False), together=st.booleans())
def test_sums_do_not_depend_on_the_cut(at_once, tmp_path_factory, cuts, order, together) -> None:
    folder = tmp_path_factory.mktemp("cut")
    lake = Lake(folder, TERMINALS)
    parts = np.split(a_day(), sorted(cuts))
    paths = [landed(folder / "in", "2026-11-21T05", part, name=f"p{n}") for n, part in enumerate(parts) if len(part)]
    order.shuffle(paths)
    for group in [paths] if together else [[path] for path in paths]:
        lake.take(*group)
    assert lake.files.keys() == at_once.files.keys()
    for key, path in lake.files.items():
        assert pq.read_table(path).equals(pq.read_table(at_once.files[key]))
    for day in (DAY, DAY + 1):
        assert lake.hours(day).equals(at_once.hours(day))


def test_every_row_is_counted(tmp_path: Path) -> None:
    good = track(TERMINALS[0], 30_000, [50.0] * 100)
    bad = good[:6].copy()
    bad[0, 0] = 1  # no such terminal
    bad[1, 7] = 1  # not located
    bad[2, 2] = 60_000_000  # 60° N
    bad[3, 1] -= 20 * 86_400  # clock
    bad[4, 5] = 65_535  # no speed
    bad[5] = good[5]  # duplicate
    contradiction = good[7:8].copy()
    contradiction[0, 5] += 3
    jump = good[50].copy()
    good[50, 2] += 500_000
    lake = Lake(tmp_path, TERMINALS)
    splits, merged = lake.take(landed(tmp_path / "in", "2026-11-20T09", np.concatenate([good, bad, contradiction])))
    assert splits[0].closes and merged[0].closes
    assert splits[0].rows_in == 107
    assert splits[0].refused == {
        "unknown_terminal": 1, "not_located": 1, "out_of_bounds": 1, "wrong_clock": 1, "no_speed": 1
    }  # fmt: skip
    assert (merged[0].kept, merged[0].duplicate, merged[0].contradiction, merged[0].jumps) == (100, 1, 1, 1)
    assert jump[2] != good[50, 2]
    found = lake.hours()
    assert total(found, "positions") == 99
    assert total(found, "distance_km") == pytest.approx(50 * 99 * 30 / 3600, rel=1e-9)


def test_of_two_fixes_of_an_instant_the_slower_stays(tmp_path: Path) -> None:
    rows = track(TERMINALS[0], 30_000, [50.0] * 5)
    other = rows[2:3].copy()
    other[0, 5] = 400
    for n, both in enumerate((np.concatenate([rows, other]), np.concatenate([other, rows]))):
        lake = Lake(tmp_path / str(n), TERMINALS)
        lake.take(landed(tmp_path / "in", "2026-11-20T09", both, name=str(n)))
        (path,) = lake.files.values()
        assert silver_file.read(path, ["speed"])["speed"].tolist() == [500, 500, 400, 500, 500]


def test_a_frozen_speed_is_mended(tmp_path: Path) -> None:
    """The truck stands, the speed reads 60 km/h: it comes out as the displacement's, which is none."""
    rows = track(TERMINALS[0], 30_000, [60.0] * 40)
    rows[:, 2] = rows[0, 2]
    lake = Lake(tmp_path, TERMINALS)
    _, (merged,) = lake.take(landed(tmp_path / "in", "2026-11-20T09", rows))
    assert merged.mended >= 35
    assert total(lake.hours(), "distance_km") < 2.0


def test_csv_gives_the_same_as_parquet(tmp_path: Path) -> None:
    lakes = []
    for form in ("parquet", "csv"):
        lake = Lake(tmp_path / form, TERMINALS)
        lake.take(landed(tmp_path / form / "in", "2026-11-21T05", a_day(), form=form))
        lakes.append(lake)
    for key, path in lakes[0].files.items():
        assert pq.read_table(path).equals(pq.read_table(lakes[1].files[key]))


def test_a_late_file_touches_its_buckets_only(tmp_path: Path) -> None:
    lake = Lake(tmp_path, TERMINALS)
    lake.take(
        landed(tmp_path / "in", "2026-11-20T09", np.concatenate([track(t, 30_000, [50.0] * 9) for t in TERMINALS]))
    )
    before = dict(lake.files)
    late = landed(tmp_path / "in", "2026-11-21T10", track(TERMINALS[2], 31_000, [40.0] * 9))
    _, merged = lake.take(late)
    changed = {key for key, path in lake.files.items() if before.get(key) != path}
    assert len(before) > 1 and len(changed) == 1 and {key[0] for key in changed} == {DAY}
    assert merged[0].kept == merged[0].rows_before + 9


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("positions-noon-a.parquet", b"", "hour of receipt"),
        ("positions-2026-11-20T07-a.parquet", b"PAR1 broken", "land the file again"),
        ("positions-2026-11-20T07-a.csv.gz", gzip.compress(b"terminal_id,time\n1,2\n")[:-9], "land the file again"),
        ("positions-2026-11-20T07-b.csv.gz", gzip.compress(b"terminal_id,time\n1,2\n"), "land the file again"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    lake = Lake(tmp_path, TERMINALS)
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=word) as error:
        lake.take(str(path))
    assert name in str(error.value)


def test_a_file_without_a_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "positions-2026-11-20T07-a.parquet"
    pq.write_table(pa.table({"terminal_id": [1]}), path)
    with pytest.raises(UnreadableFile, match="lacks alarm, altitude"):
        Lake(tmp_path, TERMINALS).take(str(path))


def test_the_register_keeps_no_plate() -> None:
    table = pa.table({"terminal_id": [1, 2], "plate": ["沪I000001", "沪I000002"], "mass_class": ["gt_12t"] * 2})
    sealed = register.sealed(table, b"k")
    assert "plate" not in sealed.column_names
    assert len(set(sealed["vehicle_key"].to_pylist())) == 2
    assert register.sealed(table, b"other")["vehicle_key"] != sealed["vehicle_key"]
    with pytest.raises(ValueError, match="share a plate"):
        register.sealed(pa.table({"terminal_id": [1, 2], "plate": ["a", "a"]}), b"k")


def test_an_unknown_class_is_named(tmp_path: Path) -> None:
    lake = Lake(tmp_path, TERMINALS, mass_class="submarine")
    with pytest.raises(ValueError, match="submarine"):
        register.load(lake.register)
