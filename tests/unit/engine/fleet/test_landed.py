"""From the drop folder to landing, and the register that keeps what positions of the past need."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.settings import settings
from spark_jobs.engine.fleet import landed, receipts, register
from spark_jobs.engine.fleet.fields import UnreadableFile
from spark_jobs.ingest.landing import Landing
from spark_jobs.provenance.chains import verify_chains


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    settings.cache_clear()
    folder = landed.drop_folder()
    folder.mkdir(parents=True)
    yield folder
    settings.cache_clear()


def vehicles(*plates: str) -> pa.Table:
    size = len(plates)
    return pa.table({"terminal_id": list(range(size)), "plate": list(plates), "mass_class": ["gt_12t"] * size,
                     "kerb_t": [15.0] * size, "payload_t": [20.0] * size})  # fmt: skip


def test_dropped_files_become_landed_payloads_by_day_of_receipt(drop: Path) -> None:
    (drop / "positions-2026-11-20T23-g0.csv.gz").write_bytes(b"a")
    (drop / "positions-2026-11-21T00-g0.parquet").write_bytes(b"b")
    (drop / "positions-2026-11-21T01-g0.parquet.tmp").write_bytes(b"half")
    assert landed.land(drop, "run") == ["2026-11-20", "2026-11-21"]
    assert [path.name for path in drop.iterdir()] == ["positions-2026-11-21T01-g0.parquet.tmp"]
    assert verify_chains(feed=landed.FEED).payloads == 2
    files = landed.landed("2026-11-20")
    assert [(file.name, file.window) for file in files] == [("positions-2026-11-20T23-g0.csv.gz", "2026-11-20")]
    with landed.under_own_names(landed.landed()) as links:
        names = [Path(path).name for path in links]
        assert [name.endswith((".csv.gz", ".parquet")) for name in names] == [True, True]
        assert receipts.hashed(list(links), {}) == links


def test_the_same_bytes_again_are_one_payload(drop: Path) -> None:
    for name in ("positions-2026-11-20T01-g0.parquet", "positions-2026-11-20T01-again.parquet"):
        (drop / name).write_bytes(b"same")
        landed.land(drop, "run")
    assert len(Landing().entries(landed.FEED, "2026-11-20")) == 2
    assert len(landed.landed()) == 1


def test_a_file_without_an_hour_is_named_and_stays(drop: Path) -> None:
    (drop / "positions-noon.parquet").write_bytes(b"a")
    with pytest.raises(UnreadableFile, match="hour of receipt"):
        landed.land(drop, "run")
    assert (drop / "positions-noon.parquet").exists()


def test_a_vehicle_that_left_the_register_keeps_its_class_for_past_positions(drop: Path, tmp_path: Path) -> None:
    target = tmp_path / "sealed.parquet"
    for plates in (("沪IA0001", "沪IA0002"), ("沪IA0002", "沪IA0003")):
        pq.write_table(vehicles(*plates), drop / landed.REGISTER)
        landed.land_register(drop, str(target), b"k", "run")
    found = register.load(str(target))
    assert len(found.keys) == 3
    assert sorted(found.terminal.tolist()) == [-1, 0, 1]
    assert len(verify_chains(feed=landed.REGISTER_FEED).broken) == 0


def test_the_key_is_that_of_the_registers_of_feeds(drop: Path) -> None:
    from infra.crypto.sealing import Sealer

    (key,) = register.sealed(vehicles("沪I·A0001"), b"k")["vehicle_key"].to_pylist()
    assert f"{key % 2**64:016x}" == Sealer(0, b"", 1, b"k").key_of("沪IA0001", "vehicle").partition(":")[2][:16]


def test_a_register_without_masses_is_refused_and_stays(drop: Path, tmp_path: Path) -> None:
    pq.write_table(vehicles("沪IA0001").drop_columns(["kerb_t"]), drop / landed.REGISTER)
    with pytest.raises(ValueError, match="lacks kerb_t"):
        landed.land_register(drop, str(tmp_path / "sealed.parquet"), b"k", "run")
    assert (drop / landed.REGISTER).exists()
