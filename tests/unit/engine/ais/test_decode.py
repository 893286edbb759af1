"""Sentences to positions: bit by bit as the library says, and every line accounted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import settings as searched
from hypothesis import strategies as st
from pyais import decode as by_library
from pyais import encode_dict

from spark_jobs.engine.ais import received
from spark_jobs.engine.ais import sentences as nmea
from spark_jobs.engine.ais.decode import decode
from spark_jobs.engine.fleet.fields import UnreadableFile
from tests.unit.engine.ais import messages as m

# The worked example of the AIVDM/AIVDO protocol description (E. S. Raymond), with the values printed there.
PUBLISHED = "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"
position = st.fixed_dictionaries(
    {
        "msg_type": st.sampled_from([1, 2, 3, 18]), "mmsi": st.integers(201_000_000, 775_999_999),
        "speed": st.integers(0, 1023).map(lambda v: v / 10), "lon": st.floats(-180, 181), "lat": st.floats(-90, 91),
        "course": st.integers(0, 3600).map(lambda v: v / 10), "heading": st.integers(0, 511),
        "second": st.integers(0, 63),
        "status": st.integers(0, 15),
    }
)  # fmt: skip


def scanned(*lines: str) -> np.ndarray:
    return nmea.scanned(("\n".join(lines) + "\n").encode()).rows


def test_a_published_sentence() -> None:
    (row,) = scanned(m.received(m.MIDNIGHT, PUBLISHED))
    assert (row[nmea.KIND], row[nmea.MMSI], row[nmea.STATUS], row[nmea.SPEED]) == (nmea.POSITION, 477553000, 5, 0)
    assert row[nmea.LATITUDE] / 600_000 == pytest.approx(47.582833, abs=1e-6)
    assert row[nmea.LONGITUDE] / 600_000 == pytest.approx(-122.345833, abs=1e-6)
    assert (row[nmea.COURSE], row[nmea.HEADING], row[nmea.SECOND]) == (510, 181, 15)


@given(st.lists(position, min_size=1, max_size=20))
@searched(deadline=None, max_examples=40)
def test_positions_are_what_the_library_says(fields: list[dict]) -> None:
    sent = [encode_dict(one, sentence_type="VDM")[0] for one in fields]
    for row, line in zip(scanned(*(m.received(m.MIDNIGHT, s) for s in sent)), sent, strict=True):
        told = by_library(line)
        assert (row[nmea.KIND], row[nmea.TYPE], row[nmea.MMSI]) == (nmea.POSITION, told.msg_type, told.mmsi)
        assert row[nmea.SPEED] == round(told.speed * 10) and row[nmea.COURSE] == round(told.course * 10)
        assert row[nmea.LONGITUDE] == round(told.lon * 600_000) or abs(row[nmea.LONGITUDE] / 600_000 - told.lon) < 1e-6
        assert abs(row[nmea.LATITUDE] / 600_000 - told.lat) < 1e-6
        assert (row[nmea.HEADING], row[nmea.SECOND]) == (told.heading, told.second)
        assert row[nmea.STATUS] == (told.status if told.msg_type < 4 else 15)


@given(st.binary(max_size=200))
@searched(deadline=None, max_examples=60)
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    lines = noise.replace(b"\n", b"")
    good = m.received(m.MIDNIGHT, PUBLISHED).encode()
    rows = nmea.scanned(lines + b"\n" + good + b"\n").rows
    assert len(rows) == 2 and rows[1, nmea.KIND] == nmea.POSITION


def test_a_changed_character_is_caught() -> None:
    line = m.received(m.MIDNIGHT, PUBLISHED)
    for k in range(len(line)):
        broken = line[:k] + ("1" if line[k] != "1" else "2") + line[k + 1 :]
        assert scanned(broken)[0, nmea.KIND] < 0 or broken == line


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    at = m.MIDNIGHT + 3600
    five = m.said(at, msg_type=5, mmsi=412_000_001, imo=9_000_001, shipname="A", ship_type=71, to_bow=200, to_stern=50,
                  to_port=16, to_starboard=16, draught=11.5)  # fmt: skip
    lines = [
        *m.said(at, msg_type=1, mmsi=412_000_001, lat=31.2, lon=122.0, speed=10.0),
        *m.said(at, msg_type=1, mmsi=412_000_001, lat=91.0, lon=181.0, speed=10.0),
        *m.said(at, msg_type=1, mmsi=412_000_001, lat=10.0, lon=122.0, speed=10.0),
        *m.said(at, msg_type=18, mmsi=992_000_001, lat=31.2, lon=122.0, speed=10.0),
        *m.said(at + 40 * 86400, msg_type=1, mmsi=412_000_001, lat=31.2, lon=122.0, speed=10.0),
        *m.said(at, msg_type=1, mmsi=412_000_002, lat=31.2, lon=122.0, speed=102.3),
        *five, m.said(at + 90, msg_type=5, mmsi=412_000_003, shipname="B")[0],
        *m.said(at, msg_type=4, mmsi=4_121_200, lat=31.3, lon=121.7),
        m.received(at, PUBLISHED)[:-2] + "00", "noise", PUBLISHED,
    ]  # fmt: skip
    told = decode(m.file(tmp_path, "2026-11-20T01", lines), str(tmp_path))
    assert told.closes and told.rows_in == len(lines) == 13
    assert told.refused == {
        "not_located": 1, "out_of_area": 1, "not_a_ship": 1, "wrong_clock": 1, "incomplete": 1, "other_type": 1,
        "bad_checksum": 1, "unreadable": 1, "no_clock": 1,
    }  # fmt: skip
    assert (told.rows_routed, told.rows_static, told.no_speed) == (2, 2, 1)
    (row,) = pq.read_table(told.statics).to_pylist()
    assert (row["mmsi"], row["imo"], row["length_m"], row["beam_m"], row["draught_m"]) == (
        412_000_001,
        9_000_001,
        250,
        32,
        11.5,
    )
    assert row["first_second"] == row["last_second"] == at + 8 * 3600


def test_the_second_of_the_message_is_taken_of_the_nearest_minute() -> None:
    clock = np.array([120, 121, 119, 150])
    assert received.instant(clock, np.array([59, 0, 1, 60])).tolist() == [119, 120, 121, 150]


def test_csv_says_the_same_as_sentences(tmp_path: Path) -> None:
    at = m.MIDNIGHT + 60
    lines = [*m.said(at, msg_type=1, mmsi=412_000_001, lat=31.2, lon=122.0, speed=10.1, course=90.0, heading=91,
                     status=5),
             *m.said(at, msg_type=18, mmsi=412_000_002, lat=31.3, lon=122.1, speed=102.3, course=360.0,
                     heading=511),
             *m.said(at, msg_type=5, mmsi=412_000_001, imo=9_000_001, shipname="A", ship_type=71, to_bow=200,
                     to_stern=50, to_port=16, to_starboard=16, draught=11.5, callsign="X1")]  # fmt: skip
    rows = [
        (at, "T1", 1, 412_000_001, at % 60, 5, "10.1", "122.0", "31.2", "90.0", 91, "", "", "", "", "", "", ""),
        (at, "T1", 18, 412_000_002, at % 60, "", "", "122.1", "31.3", "360.0", 511, "", "", "", "", "", "", ""),
        (at, "T1", 5, 412_000_001, "", "", "", "", "", "", "", 9_000_001, "X1", "A", 71, 250, 32, "11.5"),
        (at, "T1", 1, "x", at % 60, 5, "10.1", "122.0", "31.2", "90.0", 91, "", "", "", "", "", "", ""),
    ]
    path = tmp_path / "ais-2026-11-20T00-c.csv"
    text = [",".join(received.COLUMNS), *(",".join(map(str, row)) for row in rows), "short,row"]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    (tmp_path / "n").mkdir()
    by_csv, by_nmea = (
        decode(str(path), str(tmp_path)),
        decode(m.file(tmp_path, "2026-11-20T00", lines), str(tmp_path / "n")),
    )
    assert by_csv.closes and by_csv.refused == {"unreadable": 2} and by_csv.rows_in == 5

    def spilled(told) -> pa.Table:
        file = pa.ipc.open_file(told.pieces[0].path)
        return pa.Table.from_batches([file.get_batch(n) for n in range(file.num_record_batches)]).sort_by("mmsi")

    assert spilled(by_csv).equals(spilled(by_nmea))
    assert pq.read_table(by_csv.statics).to_pylist() == pq.read_table(by_nmea.statics).to_pylist()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ais-2026-11-20T00-x.nmea.gz"
    path.write_bytes(b"no gzip")
    with pytest.raises(UnreadableFile, match=r"ais-2026-11-20T00-x.*land the file again"):
        decode(str(path), str(tmp_path))
