"""Model runs as data: every spec fits its model and table; the task answers rows and groups, and refuses a mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from spark_jobs.contracts import load_contracts
from spark_jobs.engine import model_spec, modelled
from spark_jobs.engine.activity_spec import SpecError
from spark_jobs.engine.model_spec import ModelSpec, model_specs
from spark_jobs.engine.model_task import Call, ModelMisused, answered, task_of
from spark_jobs.engine.tables import dictionary

every_spec = pytest.mark.parametrize("spec", model_specs(), ids=lambda s: s.id)
FLIGHT = {
    "flight_id": "f1", "aircraft_type": "A320", "origin": "SHA", "destination": "CAN",
    "takeoff_at": "2026-10-01 08:00", "landing_at": "2026-10-01 10:10",
}  # fmt: skip


def batch(*rows: Mapping[str, object]) -> pa.RecordBatch:
    """Rows (s, i) as Spark hands them to a task."""
    source = pa.array([{"key": f"k{n}", **row} for n, row in enumerate(rows)])
    return pa.RecordBatch.from_arrays([source, pa.array([dict(row) for row in rows])], names=["s", "i"])


@every_spec
def test_a_spec_fits_its_model_and_its_table(spec: ModelSpec) -> None:
    assert spec.chosen().name
    assert spec.target().key, f"{spec.table}: mark the key columns"
    assert spec.feed in load_contracts()
    known = {f"silver.{c.silver_table}" for c in load_contracts().values()} | set(dictionary())
    assert set(spec.sources) <= known
    assert set(spec.columns) <= {column.name for column in spec.target().columns}
    assert modelled.feeds_of(spec) >= {spec.feed}


def test_there_are_specs_and_a_version_is_that_of_code_and_factors() -> None:
    assert model_specs()
    assert len(modelled.version_of("aviation")) == 12
    assert modelled.version_of("aviation") != modelled.version_of("cii")


def test_what_stands_behind_a_table() -> None:
    assert modelled.behind(["silver.air_flight_fuel"]) >= {"silver.air_flight", "silver.air_aircraft"}
    assert modelled.behind(["silver.enterprise"]) == {"silver.enterprise"}


def test_a_row_comes_back_beside_its_answer() -> None:
    found = answered(Call("aviation"), batch(FLIGHT, {**FLIGHT, "flight_id": "f2", "aircraft_type": "?"}))
    rows = found.to_pylist()
    assert [(r["s"]["key"], r["m"]["flight_id"]) for r in rows] == [("k0", "f1"), ("k1", "f2")]
    assert 3000 < rows[0]["m"]["fuel_kg"] < 7000
    assert rows[1]["m"]["fuel_kg"] is None
    assert "aircraft_type" in rows[1]["m"]["reason"]


def test_a_model_that_answers_by_group_gives_the_first_source_row_of_each() -> None:
    points = [
        {"flight_id": flight, "aircraft_type": "A320", "time": f"2026-10-01 08:{minute:02d}", "altitude_ft": 30_000.0,
         "ground_speed_kt": 450.0}
        for flight in ("a", "b") for minute in (0, 5, 10)
    ]  # fmt: skip
    call = Call("aviation-trajectory", group=("flight_id",))
    (found,) = task_of(call)(iter([batch(*points[:4]), batch(*points[4:])]))
    assert [(r["s"]["flight_id"], r["m"]["flight_id"]) for r in found.to_pylist()] == [("a", "a"), ("b", "b")]
    with pytest.raises(ModelMisused, match="group"):
        answered(Call("aviation-trajectory"), batch(*points))


def test_an_empty_task_gives_nothing() -> None:
    assert list(task_of(Call("aviation"))(iter([]))) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "aviatoin"}, "did you mean 'aviation'"),
        ({"inputs": {"flight_id": "s.record_id"}}, r"missing \['aircraft_type'\]"),
        ({"inputs": {"flight_id": "s.a", "aircraft_type": "s.b", "wings": "s.c"}}, r"unknown \['wings'\]"),
        ({"table": "silver.nowhere"}, "silver.nowhere needs an entry"),
    ],
)
def test_a_wrong_spec_says_what_and_where(change: dict[str, object], words: str) -> None:
    (right,) = [s for s in model_specs() if s.id == "air_flight_fuel"]
    wrong = right.model_copy(update=change)
    with pytest.raises(SpecError, match=words):
        wrong.chosen()
        wrong.target()


def test_two_specs_for_one_table_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = model_spec.FOLDER / "air_flight_fuel.yaml"
    content = yaml.safe_load(right.read_text(encoding="utf-8"))
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({**content, "id": name}), encoding="utf-8")
    monkeypatch.setattr(model_spec, "FOLDER", tmp_path)
    model_specs.cache_clear()
    try:
        with pytest.raises(SpecError, match="two specs"):
            model_specs()
    finally:
        model_specs.cache_clear()
