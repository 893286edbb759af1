"""apply_factors: nothing is invented, nothing is lost, and order does not matter."""

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.accounting.apply_factors import EMISSION_SCHEMA, apply_factors, weakest_mark, weakest_rung
from tests.unit.accounting.rows import ALL_SERIES, activity


def test_an_energy_without_a_factor_is_unaccounted_with_its_reason() -> None:
    result = apply_factors(activity({"activity_type": "coal", "quantity": 1.0, "unit": "t"}))
    assert result.emission.num_rows == result.energy.num_rows == 0
    parts = {(r["part"], r["reason_zh"]) for r in result.unaccounted.to_pylist()}
    assert parts == {(p, "因子集 cn_guideline 没有能源 coal") for p in ("emission", "energy")}


def test_a_unit_that_does_not_convert_is_unaccounted() -> None:
    result = apply_factors(activity({"activity_type": "lng", "quantity": 1.0, "unit": "MWh"}))
    assert result.emission.num_rows == 0
    assert "单位 MWh 不能换算为 t" in result.unaccounted["reason_zh"].to_pylist()


def test_a_series_without_a_factor_for_the_date_is_unaccounted_and_the_others_are_not() -> None:
    row = {"activity_type": "electricity", "quantity": 1.0, "unit": "MWh", "date": "2020-05-01", "series": ALL_SERIES}
    result = apply_factors(activity(row))
    assert result.emission["electricity_series"].to_pylist() == ["sh_guide"]
    assert sorted(result.unaccounted["electricity_series"].to_pylist()) == [
        "ets_national",
        "lca_national",
        "mee_province",
    ]


def test_hydrogen_has_energy_and_no_carbon() -> None:
    result = apply_factors(activity({"activity_type": "hydrogen", "quantity": 5.0, "unit": "kg"}))
    (gas,), (energy,) = result.emission.to_pylist(), result.energy.to_pylist()
    assert (gas["gas"], gas["chain"], gas["mass_kg"], gas["factor_verified"]) == ("CO2", "TTW", 0.0, "derived")
    assert (energy["energy_gj"], energy["calorific_factor_id"]) == (pytest.approx(5 * 0.11996), "NCV_hydrogen")
    assert energy["coal_calorific_kgce"] == pytest.approx(5 * 0.11996 * 34.12)
    assert energy["coal_equal_kgce"] is None, "hydrogen is made of other energy: its equal value is not known"
    assert result.unaccounted.num_rows == 0


def test_volume_of_a_liquid_goes_through_its_density() -> None:
    litres = apply_factors(activity({"activity_type": "diesel", "quantity": 1000.0, "unit": "L"})).emission.to_pylist()[
        0
    ]
    tonnes = apply_factors(activity({"activity_type": "diesel", "quantity": 0.84, "unit": "t"})).emission.to_pylist()[0]
    assert litres["mass_kg"] == pytest.approx(tonnes["mass_kg"])
    assert litres["factor_id"].startswith("DENS_diesel*")
    assert litres["factor_verified"] == "no"


def test_green_power_is_zero_by_an_unverified_rule_in_one_series_only() -> None:
    row = {"activity_type": "electricity_green", "quantity": 1.0, "unit": "MWh", "series": ALL_SERIES[:2]}
    found = {r["electricity_series"]: r for r in apply_factors(activity(row)).emission.to_pylist()}
    assert (found["sh_guide"]["mass_kg"], found["sh_guide"]["factor_verified"]) == (0.0, "no")
    assert found["mee_province"]["mass_kg"] == pytest.approx(573.7)


def test_a_stated_co2_is_taken_as_it_is() -> None:
    row = {
        "activity_class": "co2_statement",
        "activity_type": "co2_direct",
        "quantity": 2.5,
        "unit": "t",
        "series": [""],
    }
    (found,) = apply_factors(activity(row)).emission.to_pylist()
    assert (found["mass_kg"], found["factor_id"], found["factor_rung"]) == (2500.0, "reported", "reported")
    assert found["factor_value"] is None


@pytest.mark.parametrize("quantity", [None, -1.0])
def test_a_null_or_negative_quantity_is_an_error(quantity: float | None) -> None:
    with pytest.raises(ValueError, match="quarantine"):
        apply_factors(activity({"activity_type": "diesel", "quantity": quantity, "unit": "t"}))


def test_empty_in_empty_out() -> None:
    result = apply_factors(activity())
    assert result.emission.schema == EMISSION_SCHEMA
    assert result.emission.num_rows == 0


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "activity_type": st.sampled_from(["diesel", "gasoline", "electricity", "heat", "lng", "coal"]),
            "quantity": st.floats(0, 1e9),
            "unit": st.sampled_from(["t", "kg", "MWh", "GJ"]),
            "date": st.sampled_from(["2019-01-01", "2022-02-10", "2026-01-01"]),
            "ncv_measured": st.one_of(st.none(), st.floats(30, 50)),
            "series": st.sampled_from([["sh_guide"], ALL_SERIES]),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms())
def test_every_activity_is_accounted_or_named_whatever_the_order(rows: list[dict], random: object) -> None:
    table = activity(*rows)
    result = apply_factors(table)
    for emitted, asked in zip(rows, table.to_pylist(), strict=True):
        series = set(emitted["series"])
        mine = pc.equal(result.emission["activity_id"], asked["activity_id"])
        primary = result.emission.filter(mine)
        has = {r["electricity_series"] for r in primary.to_pylist() if r["gas"] == "CO2" or r["chain"] == "WTW"}
        lost = result.unaccounted.filter(pc.equal(result.unaccounted["activity_id"], asked["activity_id"])).to_pylist()
        named = {r["electricity_series"] for r in lost if r["part"] == "emission"}
        assert has | named == series
        assert not has & named
    order = list(range(len(rows)))
    random.shuffle(order)
    again = apply_factors(table.take(order))
    key = [
        ("activity_id", "ascending"),
        ("gas", "ascending"),
        ("chain", "ascending"),
        ("electricity_series", "ascending"),
    ]
    assert again.emission.sort_by(key).equals(result.emission.sort_by(key))


def test_the_weakest_part_names_the_whole() -> None:
    assert weakest_rung(["exact", "national", ""]) == "national"
    assert weakest_mark(["yes", "derived", "no"]) == "no"
