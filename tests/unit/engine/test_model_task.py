"""A model in a task: rows side by side with its answers; a track that lies in two batches is one track where asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from spark_jobs.engine.model_task import Call, ModelMisused, task_of

SHIPS = pa.table({"ship_id": ["S1"], "ship_type": ["container"], "deadweight_t": [20000.0], "gross_tonnage": [17000.0]})
START = datetime(2026, 10, 5, tzinfo=UTC)


def batch(hours: list[int]) -> pa.RecordBatch:
    """Fixes of a ship that sails east at 12 knots, one every hour."""
    rows = [
        {"ship_id": "S1", "time": START + timedelta(hours=h), "latitude_deg": 0.0, "longitude_deg": 0.2 * h,
         "speed_kn": 12.0}
        for h in hours
    ]  # fmt: skip
    given = pa.array(rows)
    return pa.RecordBatch.from_arrays([given, given], names=["s", "i"])


def hours_of(whole: bool, batches: list[pa.RecordBatch]) -> dict[datetime, float]:
    call = Call("shipping-positions", {"points": True}, {"ships": SHIPS}, whole=whole)
    found = [row for answer in task_of(call)(iter(batches)) for row in answer.to_pylist()]
    assert all(row["s"]["time"] == row["m"]["time"] for row in found)
    return {row["s"]["time"]: row["m"]["hours"] for row in found}


def test_a_track_in_two_batches_is_one_where_the_spec_says_so() -> None:
    parts = [batch([0, 1, 2]), batch([3, 4])]
    together, apart = hours_of(True, parts), hours_of(False, parts)
    assert list(together.values()) == [0.0, 1.0, 1.0, 1.0, 1.0]
    assert apart[START + timedelta(hours=3)] == 0.0
    assert hours_of(True, [batch([0, 1, 2, 3, 4])]) == together


def test_a_model_that_sums_up_must_name_its_group() -> None:
    call = Call("shipping-positions", {}, {"ships": SHIPS}, whole=True)
    with pytest.raises(ModelMisused, match="name what it groups by"):
        list(task_of(call)(iter([batch([0, 1, 2])])))


def test_nothing_in_nothing_out() -> None:
    assert list(task_of(Call("shipping-positions", {"points": True}, {"ships": SHIPS}, whole=True))(iter([]))) == []
