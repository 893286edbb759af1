"""Simulated AIS stations: the same bytes again, faults as planted, tracks that go as fast as they say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from infra.upstream.ais import radio
from infra.upstream.ais.sailing import SAILING, route, sailed
from infra.upstream.ais.vessels import fleet
from infra.upstream.ais.writer import Order, write
from infra.upstream.world.machinery import auxiliary_kg_h, electric_kw
from spark_jobs.engine.ais.decode import decode
from tests.unit.upstream.conftest import SEED


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("ais-*"))


def test_what_was_planted_is_what_the_ledger_refuses(tmp_path: Path) -> None:
    told = write(Order(tmp_path / "a", "2026-11-20", 1, 6, SEED))
    write(Order(tmp_path / "b", "2026-11-20", 1, 6, SEED))
    assert [p.read_bytes()[10:] for p in files(tmp_path / "a")] == [p.read_bytes()[10:] for p in files(tmp_path / "b")]
    spill = tmp_path / "spill"
    spill.mkdir()
    taken = [decode(str(path), str(spill)) for path in files(tmp_path / "a")]
    refused = sum((Counter(x.refused) for x in taken), Counter())
    assert all(x.closes for x in taken) and sum(x.rows_in for x in taken) == told["lines"] > 10_000
    pairs = (
        ("bad_checksum", "checksum"),
        ("unreadable", "cut"),
        ("wrong_clock", "wrong_clock"),
        ("other_type", "other_type"),
    )
    assert {ours: refused[ours] for ours, _ in pairs} == {ours: told[name] for ours, name in pairs}
    assert refused["incomplete"] == told["part_missing"] and refused["not_located"] > 0
    planted = json.loads((tmp_path / "a" / "truth" / "planted.json").read_text(encoding="utf-8"))
    assert planted["teleport"] == told["teleport"]
    truth = pq.read_table(tmp_path / "a" / "truth" / "fuel.parquet").to_pylist()
    assert {row["mmsi"] for row in truth} == {ship.mmsi for ship in fleet(6, SEED)}
    assert all(row["main_kg"] >= 0 and row["other_kg"] > 0 for row in truth)


def test_a_track_goes_as_fast_as_it_says_and_never_leaps() -> None:
    times = np.arange(0, 2 * 86400, 10, dtype=np.float64)
    for ship in fleet(12, SEED):
        track = sailed(ship, times, SEED)
        under_way = (track.state[1:] == SAILING) & (track.state[:-1] == SAILING)
        step = 60 * np.hypot(np.diff(track.latitude), np.diff(track.longitude) * np.cos(np.radians(track.latitude[1:])))
        said = 0.5 * (track.knots[1:] + track.knots[:-1]) * 10 / 3600
        assert step[under_way].sum() == pytest.approx(said[under_way].sum(), rel=0.02)
        present = np.flatnonzero(track.latitude > 0)
        near = np.diff(present) == 1
        assert step[present[1:][near] - 1].max() < 0.1
        assert route(ship).miles[-1] > 20


def test_positions_have_the_bits_of_the_standard() -> None:
    from pyais import decode as by_library

    fields = {
        "mmsi": np.array([412_345_678]), "status": np.array([5]), "speed": np.array([123]), "course": np.array([2_705]),
        "longitude": np.array([-73_200_001]), "latitude": np.array([18_600_007]), "heading": np.array([271]),
        "second": np.array([59]),
    }  # fmt: skip
    for class_b in (False, True):
        told = by_library(radio.sentences(radio.payloads(fields, class_b)[0], "A"))
        assert (told.mmsi, told.speed, told.course, told.heading, told.second) == (412_345_678, 12.3, 270.5, 271, 59)
        assert (told.lon, told.lat) == pytest.approx((-73_200_001 / 600_000, 18_600_007 / 600_000), abs=1e-6)
        assert told.msg_type == (18 if class_b else 1)


def test_machinery_at_hand() -> None:
    """A bulk carrier of 10,000 t: 165 kW at sea at 0.225 kg/kWh, and 15 % of 26 kg/h; twice the size, more."""
    assert auxiliary_kg_h("bulk_carrier", 10_000, "sea") == pytest.approx(165 * 0.225 + 0.15 * 26)
    assert electric_kw("bulk_carrier", 10_000, "anchor") == pytest.approx(0.9 * 165)
    assert auxiliary_kg_h("tanker", 80_000, "berth") > 2 * auxiliary_kg_h("tanker", 80_000, "sea")
