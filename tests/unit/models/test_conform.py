"""Typing of model inputs: values, times, codes, bounds, and the reasons they leave."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from spark_jobs.models.codes import CodeList
from spark_jobs.models.conform import conform
from spark_jobs.models.frame import Column, InputError

SHIPS = CodeList("ship type", {"bulk_carrier": "Bulk carrier", "tanker": "Oil tanker"}, {"Oil tanker": "tanker"})


def one(column: Column, *values: object, tz: str = "Asia/Shanghai") -> tuple[list, list]:
    table = conform(pa.table({column.name: list(values)}), [column], tz)
    return table[column.name].to_pylist(), table["reason"].to_pylist()


def test_numbers_from_text_with_reasons() -> None:
    column = Column("distance_nm", "number", "nm", "", low=0, high=1000)
    values, reasons = one(column, "12.5", " 3 ", "", "abc", "-1", "1001", "inf", "1_0", None)
    assert values == [12.5, 3.0, None, None, None, None, None, None, None]
    assert reasons[:3] == [None, None, None]
    assert "'abc' is not a number" in reasons[3]
    assert "below 0" in reasons[4]
    assert "above 1000" in reasons[5]
    assert "finite" in reasons[6]
    assert "not a number" in reasons[7]
    assert reasons[8] is None


def test_needed_value_missing_is_a_reason_and_needed_column_missing_an_error() -> None:
    column = Column("ship_id", "text", "", "", needed=True)
    assert one(column, "A", "")[1] == [None, "ship_id: missing, and needed"]
    with pytest.raises(InputError, match=r"'ship_id' is missing \(is it 'shipid'"):
        conform(pa.table({"shipid": ["A"]}), [column], "UTC")


def test_ids_stored_as_floats_keep_their_digits() -> None:
    assert one(Column("ship_id", "text", "", ""), 9123456.0, None)[0] == ["9123456", None]


@pytest.mark.parametrize(
    "text", ["2026-10-31 07:05:00", "2026-10-31T07:05:00+08:00", "2026-10-30T23:05:00Z", "2026/10/31 07:05"]
)
def test_times_without_offset_mean_the_zone(text: str) -> None:
    values, _ = one(Column("time", "time", "", ""), text)
    assert values == [datetime(2026, 10, 30, 23, 5, tzinfo=UTC)]


def test_mixed_and_broken_times() -> None:
    values, reasons = one(Column("time", "time", "", ""), "2026-10-31 07:05:00", "2026-10-30T23:05:00Z", "31 Oct")
    assert values[0] == values[1]
    assert values[2] is None
    assert "'31 Oct' is not a time" in reasons[2]


def test_epoch_and_naive_timestamps() -> None:
    column = Column("time", "time", "", "")
    assert one(column, 1793401500)[0] == [datetime(2026, 10, 30, 23, 5, tzinfo=UTC)]
    assert one(column, datetime(2026, 10, 31, 7, 5))[0] == [datetime(2026, 10, 30, 23, 5, tzinfo=UTC)]


def test_codes_resolve_in_any_case_and_unknown_ones_name_the_nearest() -> None:
    values, reasons = one(Column("ship_type", "text", "", "", codes=SHIPS), "BULK CARRIER", "oil-tanker", "bulk carier")
    assert values == ["bulk_carrier", "tanker", None]
    assert reasons[2] == "ship_type: unknown ship type 'bulk carier'; nearest known: 'bulk_carrier'"


def test_flags_and_whole_numbers() -> None:
    assert one(Column("on", "flag", "", ""), "Yes", "0", "maybe")[0] == [True, False, None]
    values, reasons = one(Column("year", "integer", "", ""), "2026", "2026.5")
    assert values == [2026, None]
    assert "not a whole number" in reasons[1]


def test_a_column_twice_is_an_error() -> None:
    table = pa.table([pa.array(["1"]), pa.array(["2"])], names=["a", "a"])
    with pytest.raises(InputError, match="2 times"):
        conform(table, [Column("a", "number", "", "")], "UTC")
