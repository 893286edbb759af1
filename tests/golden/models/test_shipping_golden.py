"""Shipping against published worked examples and values reckoned by hand."""

import numpy as np
import pyarrow as pa
import pytest

from spark_jobs.models.registry import model
from spark_jobs.models.shipping import settings
from spark_jobs.models.shipping.particulars import reference_power_speed


def cii(**row: object) -> dict:
    return model("cii").run(pa.table({name: [value] for name, value in {"ship_id": "1", **row}.items()})).to_pylist()[0]


def test_cii_worked_example_of_the_open_calculator() -> None:
    """Etive-Mor/Open-IMO-CII-Calculator README: ro-ro passenger ship, 25,000 GT, 1.9e10 g diesel, 150,000 nm, 2019."""
    row = cii(ship_type="Ro-ro passenger ship", gross_tonnage=25000, year=2019, distance_nm=150000, mdo_t=19000)
    assert row["attained"] == pytest.approx(16.243733333333335, rel=1e-12)
    assert row["required"] == pytest.approx(19.184190519387734, rel=1e-12)
    bounds = [row[f"boundary_{n}"] for n in (1, 2, 3, 4)]
    assert bounds == pytest.approx([14.579984794734678, 17.649455277836715, 21.869977192102013, 24.939447675204054])
    assert row["rating"] == "B"


@pytest.mark.parametrize(
    ("year", "percent"), [(2019, 0), (2022, 3), (2023, 5), (2026, 11), (2027, 13.625), (2030, 21.5)]
)
def test_required_falls_by_the_published_percentages(year: int, percent: float) -> None:
    row = cii(ship_type="TANKER", deadweight_t=100000, year=year, distance_nm=50000, hfo_t=5000)
    assert row["required"] == pytest.approx(5247 * 100000**-0.61 * (1 - percent / 100), rel=1e-12)


def test_fixed_capacity_holds_for_the_line_only() -> None:
    row = cii(ship_type="Bulk carrier", deadweight_t=300000, year=2019, distance_nm=50000, hfo_t=5000)
    assert row["reference"] == pytest.approx(4745 * 279000**-0.622, rel=1e-12)
    assert row["attained"] == pytest.approx(5000 * 3.114e6 / (300000 * 50000), rel=1e-12)
    lng = cii(ship_type="LNG carrier", deadweight_t=40000, year=2019, distance_nm=50000, lng_t=5000)
    assert lng["reference"] == pytest.approx(14779e10 * 65000**-2.673, rel=1e-12)
    gas = cii(ship_type="Gas carrier", deadweight_t=70000, year=2019, distance_nm=50000, hfo_t=5000)
    assert gas["reference"] == pytest.approx(14405e7 * 70000**-2.071, rel=1e-12)


def test_what_mepc_355_leaves_out_changes_attained_only() -> None:
    base = {"ship_type": "Tanker", "deadweight_t": 100000, "year": 2024, "distance_nm": 50000, "hfo_t": 5000}
    plain = cii(**base)
    less = cii(**base, excluded_co2_t=570, excluded_distance_nm=10000, capacity_correction=1.05)
    assert less["attained"] == pytest.approx((5000 * 3.114 - 570) * 1e6 / (100000 * 1.05 * 40000), rel=1e-12)
    assert {k: less[k] for k in ("required", "co2_t", "aer_g_per_dwtnm")} == {
        k: plain[k] for k in ("required", "co2_t", "aer_g_per_dwtnm")
    }


@pytest.mark.parametrize(
    ("column", "factor"),
    [("hfo_t", 3.114), ("lfo_t", 3.151), ("mdo_t", 3.206), ("lng_t", 2.750), ("methanol_t", 1.375),
     ("ethanol_t", 1.913), ("lpg_propane_t", 3.000), ("lpg_butane_t", 3.030), ("ethane_t", 2.927)],
)  # fmt: skip
def test_carbon_factors_of_mepc_364(column: str, factor: float) -> None:
    row = cii(ship_type="Tanker", deadweight_t=100000, year=2024, distance_nm=1000, **{column: 10})
    assert row["co2_t"] == pytest.approx(10 * factor, rel=1e-9)


@pytest.mark.parametrize(
    ("kind", "deadweight", "knots", "kilowatts"),
    [
        ("bulk_carrier", 80000, 10.6585 * 80000**0.02706, 23.7510 * 80000**0.54087),
        ("oil_tanker", 300000, 16.04, 26084),
        ("container_ship", 50000, 23.45, 35051),
        ("container_ship", 156610, 25.55, 67912),
    ],
)
def test_power_and_speed_of_mepc_333(kind: str, deadweight: float, knots: float, kilowatts: float) -> None:
    """Coefficient × size^exponent by hand; the last row meets both caps (25.55 kn, 67,912 kW)."""
    power, speed = reference_power_speed(np.array([kind], object), np.array([float(deadweight)]), np.array([np.nan]))
    assert speed[0] == pytest.approx(knots, abs=0.006)
    assert power[0] == pytest.approx(kilowatts, rel=2e-4)


SHIPS = pa.table(
    {"ship_id": ["1"], "ship_type": ["Container ship"], "deadweight_t": [100000.0], "teu": [13000.0],
     "main_engine_kw": [60000.0], "reference_speed_kn": [24.0]}
)  # fmt: skip


def test_voyage_by_hand() -> None:
    """18 kn of 24: load 0.75³/(0.917·0.867); SFC 175 (0.455 L² − 0.710 L + 1.280); auxiliary 2,050 kW × 195 g/kWh."""
    load = 0.75**3 / (0.917 * 0.867)
    main = 60000 * load * 175 * (0.455 * load**2 - 0.710 * load + 1.280) * 100 / 1e6
    auxiliary = 2050 * 195 * 100 / 1e6
    table = pa.table({"ship_id": ["1"], "voyage_id": ["a"], "distance_nm": [1800.0], "hours_under_way": [100.0]})
    row = model("shipping-voyages").run(table, ships=SHIPS).to_pylist()[0]
    assert row["main_fuel_t"] == pytest.approx(main, rel=1e-12)
    assert row["auxiliary_fuel_t"] == pytest.approx(auxiliary, rel=1e-12)
    assert row["co2_t"] == pytest.approx(3.114 * (main + auxiliary), rel=1e-9)


def test_ten_hours_at_berth_by_hand() -> None:
    """GHG4 table 17, container 12,000–14,499 TEU at berth: auxiliary 1,300 kW, boiler 630 kW."""
    hours = [f"2026-10-01T{h:02d}:00:00" for h in range(11)]
    table = pa.table({"ship_id": ["1"] * 11, "time": hours, "latitude_deg": [31.0] * 11, "longitude_deg": [122.0] * 11,
                      "speed_kn": [0.0] * 11, "area": ["port"] * 11})  # fmt: skip
    row = model("shipping-positions").run(table, ships=SHIPS).to_pylist()[0]
    assert (row["phase"], row["hours"]) == ("berth", 10)
    assert row["auxiliary_fuel_t"] == pytest.approx(1300 * 195 * 10 / 1e6)
    assert row["boiler_fuel_t"] == pytest.approx(630 * 340 * 10 / 1e6)
    assert row["main_fuel_t"] == 0


SIZES = {
    "bulk_carrier": (8e3, 25e3, 38e3, 58e3, 82e3, 180e3, 300e3),
    "oil_tanker": (8e3, 15e3, 50e3, 75e3, 110e3, 160e3, 300e3),
    "chemical_tanker": (8e3, 20e3, 40e3),
    "container_ship": (10e3, 20e3, 35e3, 65e3, 100e3, 150e3, 200e3),
    "general_cargo_ship": (5e3, 10e3, 20e3, 40e3),
    "gas_carrier": (8e3, 25e3, 55e3),
    "refrigerated_cargo_carrier": (6e3, 12e3),
}


def test_the_two_pieces_of_evidence_agree() -> None:
    """Power model over CII line: level as the setting says, and no class further off than half or double."""
    from spark_jobs.models.conform import conform
    from spark_jobs.models.frame import Frame
    from spark_jobs.models.shipping.columns import SHIPS as COLUMNS
    from spark_jobs.models.shipping.particulars import particulars
    from spark_jobs.models.shipping.year import _built_up, _line

    rows = [(kind, size) for kind, sizes in SIZES.items() for size in sizes]
    table = pa.table({"ship_id": [str(n) for n in range(len(rows))], "ship_type": [r[0] for r in rows],
                      "deadweight_t": [r[1] for r in rows]})  # fmt: skip
    ships = particulars(Frame(conform(table, COLUMNS, "UTC")))
    built_up, _ = _built_up(ships)
    line, _, _ = _line(ships, np.zeros(len(rows), dtype=np.bool_))
    ratio = built_up / line
    assert np.exp(np.log(ratio * settings.BUILT_UP_LEVEL.value).mean()) == pytest.approx(
        settings.BUILT_UP_LEVEL.value, abs=0.03
    )
    assert ratio.min() > 0.5
    assert ratio.max() < 2


def test_year_stays_near_the_2019_median_line() -> None:
    table = pa.table({"ship_id": ["1"], "ship_type": ["BULK CARRIER"], "deadweight_t": [82000.0]})
    row = model("shipping-year").run(table).to_pylist()[0]
    line = 4745 * 82000**-0.622 * 82000 / 1000
    assert row["co2_kg_per_nm"] == pytest.approx(line, rel=0.06)
    assert row["co2_low_95_kg_per_nm"] < row["co2_kg_per_nm"] < row["co2_high_95_kg_per_nm"]
