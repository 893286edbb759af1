"""Figures that a reader can redo by hand, for each kind of energy."""

import pytest

from spark_jobs.accounting.apply_factors import apply_factors
from tests.unit.accounting.rows import ALL_SERIES, activity


def _co2(**row: object) -> list[dict[str, object]]:
    return [r for r in apply_factors(activity(row)).emission.to_pylist() if r["gas"] == "CO2" and r["chain"] == "TTW"]


@pytest.mark.parametrize(
    ("energy", "unit", "kg", "factor_id"),
    [
        # 1 t of diesel: 43.33 GJ/t × 0.0202 tC/GJ × 0.98 × 44/12 = 3.1451 t
        ("diesel", "t", 43.33 * 20.2 * 0.98 * 44 / 12, "NCV_diesel_NDRC*CC_diesel_NDRC*OX_diesel_NDRC"),
        ("gasoline", "t", 44.8 * 18.9 * 0.98 * 44 / 12, "NCV_gasoline_NDRC*CC_gasoline_NDRC*OX_gasoline_NDRC"),
        ("lng", "t", 41.868 * 15.3 * 0.99 * 44 / 12, "NCV_LNG_NDRC*CC_LNG_NDRC*OX_LNG_NDRC"),
        # 10⁴ Nm³ of natural gas: 389.31 GJ × 15.3 kgC/GJ × 0.99 × 44/12 = 21.62 t
        ("natural_gas", "10kNm3", 389.31 * 15.3 * 0.99 * 44 / 12, None),
        ("cng", "10kNm3", 389.31 * 15.3 * 0.99 * 44 / 12, None),
        ("marine_gas_oil", "t", 3206.0, "CF_MDO_MGO"),
        ("methanol", "t", 1375.0, "CF_methanol"),
        ("heat", "GJ", 60.0, "HEAT_SH_GUIDE_2022"),
        ("hydrogen", "kg", 0.0, "RULE_CO2_hydrogen"),
        ("electricity", "MWh", 420.0, "GRID_SH_GUIDE_2022"),
        ("electricity", "kWh", 0.42, "GRID_SH_GUIDE_2022"),
    ],
)
def test_co2_of_one_unit(energy: str, unit: str, kg: float, factor_id: str | None) -> None:
    (row,) = _co2(activity_type=energy, quantity=1.0, unit=unit)
    assert row["mass_kg"] == pytest.approx(kg, rel=1e-12)
    assert row["mass_kg"] == row["factor_value"]
    assert factor_id is None or row["factor_id"] == factor_id


def test_one_tonne_of_diesel_is_3_1451_tonnes_of_co2() -> None:
    (row,) = _co2(activity_type="diesel", quantity=1.0, unit="t")
    assert round(row["mass_kg"] / 1000, 4) == 3.1451
    assert (row["factor_rung"], row["factor_verified"]) == ("national", "yes")


@pytest.mark.parametrize(
    ("date", "kg", "factor_id"),
    [
        ("2026-05-01", 420.0, "GRID_SH_GUIDE_2022"),
        ("2022-02-11", 420.0, "GRID_SH_GUIDE_2022"),
        ("2022-02-10", 788.0, "GRID_SH_GUIDE_OLD"),
    ],
)
def test_electricity_of_the_shanghai_series_changes_on_its_day(date: str, kg: float, factor_id: str) -> None:
    (row,) = _co2(activity_type="electricity", quantity=1.0, unit="MWh", date=date)
    assert (row["mass_kg"], row["factor_id"], row["factor_rung"]) == (pytest.approx(kg), factor_id, "exact")


def test_each_series_is_a_row_of_its_own() -> None:
    rows = apply_factors(
        activity({"activity_type": "electricity", "quantity": 1.0, "unit": "MWh", "series": ALL_SERIES})
    )
    found = {r["electricity_series"]: (r["gas"], r["chain"], r["mass_kg"]) for r in rows.emission.to_pylist()}
    assert found == {
        "sh_guide": ("CO2", "TTW", pytest.approx(420.0)),
        "mee_province": ("CO2", "TTW", pytest.approx(573.7)),
        "ets_national": ("CO2", "TTW", pytest.approx(570.3)),
        "lca_national": ("CO2e", "WTW", pytest.approx(577.7)),
    }


def test_a_measured_value_is_the_top_rung() -> None:
    (row,) = _co2(activity_type="diesel", quantity=1.0, unit="t", ncv_measured=42.5, carbon_content_measured=0.0199)
    assert row["mass_kg"] == pytest.approx(42.5 * 19.9 * 0.98 * 44 / 12, rel=1e-12)
    assert row["factor_id"] == "measured:r0*measured:r0*OX_diesel_NDRC"
    assert row["factor_rung"] == "measured"


def test_standard_coal_both_ways() -> None:
    rows = apply_factors(
        activity(
            {"activity_type": "diesel", "quantity": 2.0, "unit": "t"},
            {"activity_type": "electricity", "quantity": 1.0, "unit": "MWh"},
            {"activity_type": "heat", "quantity": 1.0, "unit": "GJ"},
            {"activity_type": "diesel", "quantity": 1.0, "unit": "t", "ncv_measured": 42.0},
        )
    ).energy.to_pylist()
    by_id = {r["activity_id"]: r for r in rows}
    assert by_id["a0"]["coal_calorific_kgce"] == pytest.approx(2 * 1457.1)  # GB/T 2589: 1.4571 kgce/kg
    assert by_id["a0"]["coal_equal_kgce"] == pytest.approx(2 * 1457.1)
    assert by_id["a1"]["coal_calorific_kgce"] == pytest.approx(122.9)  # 0.1229 kgce/kWh
    assert by_id["a1"]["coal_equal_kgce"] is None
    assert by_id["a1"]["energy_gj"] == pytest.approx(3.6)
    assert by_id["a2"]["coal_calorific_kgce"] == pytest.approx(34.12)
    assert by_id["a3"]["coal_calorific_kgce"] == pytest.approx(42.0 * 34.12)


def test_methane_and_nitrous_oxide_of_diesel() -> None:
    rows = apply_factors(activity({"activity_type": "diesel", "quantity": 1000.0, "unit": "t"})).emission.to_pylist()
    mass = {r["gas"]: r["mass_kg"] for r in rows}
    assert mass["CH4"] == mass["N2O"] == pytest.approx(1000 * 43.33 * 3.9 / 1000)  # IPCC 2006: 3.9 kg/TJ


def test_ship_fuel_well_to_tank() -> None:
    table = activity({"activity_type": "hfo", "quantity": 1.0, "unit": "t", "fuel_set": "imo_ship"})
    rows = {(r["gas"], r["chain"]): r for r in apply_factors(table).emission.to_pylist()}
    assert rows["CO2", "TTW"]["mass_kg"] == pytest.approx(3114.0)
    assert rows["CO2e", "WTT"]["mass_kg"] == pytest.approx(40.2 * 13.5)  # MEPC.364(79) × FuelEU 13.5 g/MJ
    assert rows["CO2e", "WTT"]["factor_rung"] == "global"
