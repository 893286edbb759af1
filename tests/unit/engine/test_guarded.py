"""Names of persons: in clear in bronze only."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import pyarrow as pa
import pytest

from infra.crypto.keys import KeyStore
from infra.crypto.provider import SoftwareProvider
from spark_jobs.contracts import Contract, Derived, contract
from spark_jobs.engine import bronze, conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.engine.guarded import HIDDEN, purpose

FEED = contract("reporting.enterprise")
NAME = "欧阳测试"


@pytest.fixture
def software(tmp_path: Path) -> SoftwareProvider:
    return SoftwareProvider(KeyStore(tmp_path / "secrets"))


def record(code: str, version: int = 1, **other: object) -> dict[str, object]:
    row = {
        "record_id": "r", "enterprise_code": code, "enterprise_name": "某公司", "sector": "aviation",
        "district_code": "310105", "address": "某路1号", "contact_name": NAME, "legal_boundary": "法人",
        "key_unit": "Y", "invented": "Y", "annual_energy_tce": 1.5, "version": version,
        "updated_at": f"2026-0{version}-01T00:00:00+08:00",
    }  # fmt: skip
    return {**row, **other}


def payload(tmp_path: Path, name: str, records: list[dict[str, object]]) -> pa.RecordBatch:
    path = tmp_path / name
    path.write_text(json.dumps({"data": records}, ensure_ascii=False), encoding="utf-8")
    return bronze.rows_of(
        FEED,
        {"path": str(path), "payload_sm3": name, "receipt_window": "2026-10", "media_type": "application/json",
         "charset": "utf-8", "received_at": "2026-10-15T00:00:00+08:00"},
    )  # fmt: skip


ONE, OTHER, BAD = "91310105GX0LJDL012", "91310112T9XRBXA02F", "short"


def judged(batches: list[pa.RecordBatch], software: SoftwareProvider) -> list[dict]:
    whole = pa.Table.from_batches(batches)
    return conform.conform(FEED, whole, Scope(True), References(), software.sealer()).to_pylist()


def test_no_name_is_in_clear_and_the_key_opens_it(tmp_path: Path, software: SoftwareProvider) -> None:
    records = [record(ONE), record(ONE, 2), record(OTHER), record(BAD), record(OTHER, 2, contact_name=None)]
    batch = payload(tmp_path, "a", records)
    assert NAME in batch.column("contact_name").to_pylist()
    rows = judged([batch], software)
    assert len(rows) == len(records)
    assert NAME not in json.dumps(rows, ensure_ascii=False, default=str)
    accepted = {(row["enterprise_code"], row["version_no"]): row["contact_name"] for row in rows if not row["rule_ids"]}
    assert software.decrypt(accepted[ONE, 1], purpose(FEED, "contact_name")) == NAME
    assert accepted[ONE, 1] == accepted[ONE, 2], "the same name of the same enterprise"
    assert accepted[ONE, 1] != accepted[OTHER, 1], "two enterprises cannot be told to share a name"
    assert accepted[OTHER, 2] is None
    (refused,) = [row for row in rows if row["rule_ids"]]
    assert json.loads(refused["row_json"])["contact_name"] == HIDDEN
    assert json.loads(refused["row_json"])["enterprise_code"] == BAD


def test_the_same_rows_give_the_same_sealed_rows_in_any_order(tmp_path: Path, software: SoftwareProvider) -> None:
    batches = [payload(tmp_path, str(number), [record(ONE, number)]) for number in (1, 2, 3)]
    results = {
        json.dumps(sorted(judged(list(order), software), key=lambda row: row["version_no"]), default=str)
        for order in itertools.permutations(batches)
    }
    assert len(results) == 1


def test_without_a_sealer_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="contact_name"):
        conform.conform(FEED, pa.Table.from_batches([payload(tmp_path, "a", [record(ONE)])]), Scope(True), References())


def test_a_task_carries_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.settings import settings

    monkeypatch.setenv("LAKE_HOME", str(tmp_path / "lake"))
    settings.cache_clear()
    task = conform.task_of(FEED, Scope(True), References())
    monkeypatch.setenv("LAKE_HOME", str(tmp_path / "a worker without secrets"))
    settings.cache_clear()
    (done,) = task(iter([payload(tmp_path, "a", [record(ONE)])]))
    assert done.column("contact_name")[0].as_py().startswith("sm4gcm:v1:")
    assert not (tmp_path / "a worker without secrets").exists()
    settings.cache_clear()


TRUCK = contract("road.truck")
PLATE = "沪IA0001"
TRUCK_ROW = {
    "vehicle_id": "SHT000001", "plate": PLATE, "enterprise_code": ONE, "district_code": "310115",
    "mass_class": "大于12t", "gross_mass_t": "31", "payload_t": "18.4", "fuel": "柴油", "emission_standard": "国五",
    "first_registered_on": "2019-05-04", "positioned": "Y", "version": "1", "updated_at": "2026-10-02T08:00:00+08:00",
}  # fmt: skip


def truck(tmp_path: Path, name: str, **other: str) -> pa.RecordBatch:
    row = {**TRUCK_ROW, **other}
    path = tmp_path / name
    path.write_bytes(gzip.compress(f"{','.join(row)}\n{','.join(row.values())}\n".encode()))
    given = {"path": str(path), "payload_sm3": name, "receipt_window": "2026-10", "media_type": "application/gzip"}
    return bronze.rows_of(TRUCK, {**given, "charset": "utf-8", "received_at": "2026-11-01T00:00:00+08:00"})


def test_a_plate_is_sealed_and_its_key_is_that_of_the_provider(tmp_path: Path, software: SoftwareProvider) -> None:
    batches = [
        truck(tmp_path, "a"),
        truck(tmp_path, "b", vehicle_id="SHT000002"),
        truck(tmp_path, "c", gross_mass_t="3"),
    ]
    whole = pa.Table.from_batches(batches)
    rows = conform.conform(TRUCK, whole, Scope(True), References(), software.sealer()).to_pylist()
    assert PLATE not in json.dumps(rows, ensure_ascii=False, default=str)
    accepted = [row for row in rows if not row["rule_ids"]]
    assert {row["vehicle_key"] for row in accepted} == {f"v1:{software.mac('vehicle', PLATE.encode())['mac']}"}
    assert software.decrypt(accepted[0]["plate"], "road.truck.plate") == PLATE
    (refused,) = [row for row in rows if row["rule_ids"]]
    assert refused["rule_ids"] == ["class_of_gross_mass", "payload_within_gross"]
    assert json.loads(refused["row_json"])["plate"] == HIDDEN


def test_a_key_is_of_a_personal_field_only() -> None:
    body = {"name": "vehicle_key", "type": "string", "label_zh": "车辆标识"}
    with pytest.raises(ValueError, match="exactly one of sql, lookup and key_of"):
        Derived(**body)
    with pytest.raises(ValueError, match="key_purpose"):
        Derived(**body, key_of="plate")
    with pytest.raises(ValueError, match="not personal: \\['fuel'\\]"):
        derived = Derived(**body, key_of="fuel", key_purpose="vehicle")
        Contract.model_validate({**TRUCK.model_dump(), "derived": [derived.model_dump()]})
