"""The factor library: values checked against their publications, lookups by rung, and loud failures."""

import shutil
from pathlib import Path

import pytest

from factor_library.factor import FactorError, FactorNotFoundError
from factor_library.library import ROOT, Library, library
from factor_library.units import UnitError, ratio


@pytest.mark.parametrize(
    ("factor_id", "unit", "expected"),
    [
        ("CF_HFO", "tCO2/t", 3.114),  # MEPC.364(79)
        ("LCV_HFO", "GJ/t", 40.2),
        ("FUELEU_HFO_LCV", "GJ/t", 40.5),
        ("NCV_diesel_NDRC", "GJ/t", 43.33),
        ("OX_diesel_NDRC", "share", 0.98),
        ("NCV_hydrogen", "GJ/t", 119.96),
        ("GRID_SH_GUIDE_2022", "tCO2/MWh", 0.42),
        ("GRID_PROV_上海_2023", "tCO2/MWh", 0.5737),
        ("GWP_CH4_SAR", "kgCO2e/kg", 21.0),
        ("IPCC_N2O_gas_diesel_oil", "kg/GJ", 0.0039),
    ],
)
def test_values_agree_with_their_publications(factor_id: str, unit: str, expected: float) -> None:
    assert library().value(factor_id, unit) == pytest.approx(expected, rel=1e-12)


def test_every_factor_has_unit_source_and_uncertainty() -> None:
    factors = list(library().current())
    assert len(factors) > 400
    assert all(f.unit and f.source_document and f.rsu >= 0 for f in factors)


@pytest.mark.parametrize(
    ("date", "series", "value", "rung"),
    [
        ("2026-05-01", "sh_guide", 0.42, "exact"),
        ("2022-02-11", "sh_guide", 0.42, "exact"),
        ("2022-02-10", "sh_guide", 0.788, "exact"),
        ("2022-06-30", "mee_province", 0.5849, "exact"),
        ("2026-05-01", "mee_province", 0.5737, "older"),
        ("2026-05-01", "ets_national", 0.5703, "national"),
    ],
)
def test_electricity_series_are_never_mixed(date: str, series: str, value: float, rung: str) -> None:
    factor = library().lookup("electricity_co2", "electricity", date, "CN-SH", series)
    assert (factor.value_in("tCO2/MWh"), factor.rung) == (pytest.approx(value), rung)


def test_a_factor_that_begins_later_is_not_used() -> None:
    with pytest.raises(FactorNotFoundError):
        library().lookup("electricity_co2", "electricity", "2019-12-31", "CN-SH", "mee_province")


def test_the_corrupt_row_of_the_trading_scheme_set_is_left_out() -> None:
    with pytest.raises(FactorNotFoundError):
        library().factor("NCV_bituminous_ETS")
    assert library().factor("NCV_anthracite_ETS").value == 22.867


def test_a_unit_of_another_dimension_is_refused() -> None:
    with pytest.raises(UnitError):
        library().value("CF_HFO", "GJ/t")


def test_units_convert_both_ways() -> None:
    assert ratio("kJ/kg", "GJ/t") == pytest.approx(1e-3)
    assert ratio("kgCO2/kWh", "tCO2/MWh") == pytest.approx(1.0)
    assert ratio("GJ/10^4 Nm3", "GJ/10kNm3") == pytest.approx(1.0)
    assert ratio("MWh", "GJ") == pytest.approx(3.6)


def test_copert_rows_reproduce_their_check_value() -> None:
    table = library().table("road_copert_hdv_functions")
    row = next(r for r in table.to_pylist() if r["Pollutant"] == "EC")
    v = row["check_speed_kmh"]
    numerator = row["Alpha"] * v**2 + row["Beta"] * v + row["Gamma"] + row["Delta"] / v
    value = numerator / (row["Epsilon"] * v**2 + row["Zeta"] * v + row["Eta"]) * (1 - row["ReductionFactor_perc"] / 100)
    assert table.num_rows == 6943
    assert value == pytest.approx(row["check_value"], rel=1e-9)


def test_a_table_of_several_publications_is_read_as_one() -> None:
    table = library().table("ship_cii")
    assert table.num_rows == 46
    assert set(table["publication"].to_pylist()) == {
        "imo_mepc_338_76",
        "imo_mepc_353_78",
        "imo_mepc_354_78",
        "imo_mepc_400_83",
    }


def _copy(tmp_path: Path, line: str) -> Path:
    shutil.copytree(ROOT / "sh_mee_2022_34", tmp_path / "lib" / "sh_mee_2022_34")
    with (tmp_path / "lib" / "sh_mee_2022_34" / "factors.csv").open("a", encoding="utf-8") as handle:
        handle.write(line)
    return tmp_path / "lib"


def test_a_factor_without_source_fails_with_its_line(tmp_path: Path) -> None:
    row = "X,1,甲,heat_co2,heat,CO2,TTW,0.1,tCO2/GJ,CN-SH,s,,,,,0.1,false,yes,all,,,,,,\n"
    with pytest.raises(FactorError, match=r"line 6: factor X has no source_document"):
        Library(_copy(tmp_path, row))


def test_a_factor_without_unit_fails(tmp_path: Path) -> None:
    row = "X,1,甲,heat_co2,heat,CO2,TTW,0.1,,CN-SH,s,,,,,0.1,false,yes,all,,文件,,,,\n"
    with pytest.raises(FactorError, match="has no unit"):
        Library(_copy(tmp_path, row))


def test_a_new_version_supersedes_and_the_old_one_stays(tmp_path: Path) -> None:
    row = "HEAT_SH_GUIDE_2022,2,甲,heat_co2,heat,CO2,TTW,0.07,tCO2/GJ,CN-SH,sh_guide,2022-02-11,"
    row += ",,,0.1,false,yes,all,,文件,,,,\n"
    root = _copy(tmp_path, row)
    lib = Library(root)
    assert lib.factor("HEAT_SH_GUIDE_2022").value == 0.07
    assert lib.factor("HEAT_SH_GUIDE_2022", 1).value == 0.06
    assert lib.snapshot_sm3 != Library(_copy(tmp_path / "other", "")).snapshot_sm3
