"""The thematic databases: in step with their specs, four kinds a sector, and values that a reader can check by hand.

Values: each table's compiled query runs on a few given rows of the marts and lake tables that it reads. What all
themes share is asked of every sector; a sector's own tables have their rows in ``theme_cases/<sector>.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from infra.settings import ROOT
from spark_jobs.provenance.registry import lake_tables
from spark_jobs.themes import generate
from spark_jobs.themes.spec import Table, ThemeError, load, themes

CASES = Path(__file__).with_name("theme_cases")
MARTS = ROOT / "dbt_project" / "models" / "marts"
READ = re.compile(r'"build"\."(\w+)"\."(\w+)"')
TABLES = {table.name: table for theme in themes().values() for table in theme.tables}
OWN = sorted(name for name, table in TABLES.items() if not table.macro)
SECTORS = list(themes())
# Plates and persons have no place in a table that many people read.
PERSONAL = re.compile(r"plate|contact|person_name|driver")


def cases() -> dict[str, dict[str, Any]]:
    """Own table → {given: {relation: rows}, expect: rows}."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(CASES.glob("*.yaml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def test_generated_files_are_what_the_specs_say() -> None:
    assert [str(path) for path in generate.stale()] == []


@pytest.mark.parametrize("sector", SECTORS)
def test_a_theme_has_all_four_kinds(sector: str) -> None:
    assert {table.kind for table in themes()[sector].tables} == {"base", "stat", "dynamic", "operation"}


def test_there_is_a_theme_for_every_sector_of_the_register() -> None:
    text = (ROOT / "dbt_project" / "seeds" / "seed_sector.csv").read_text(encoding="utf-8")
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == SECTORS


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_shows_no_plate_and_no_person(name: str) -> None:
    assert [column.name for column in TABLES[name].columns if PERSONAL.search(column.name)] == []


def test_an_unknown_column_is_refused_with_its_place(tmp_path: Path) -> None:
    for path in (ROOT / "dbt_project" / "themes").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(text.replace("[meter_id, ", "[meter_id, meter_soul, "), encoding="utf-8")
    with pytest.raises(ThemeError, match=r"aviation\.yaml table base_meter: columns meter_soul"):
        load(tmp_path)


def test_every_own_table_has_a_case() -> None:
    assert sorted(cases()) == OWN


@lru_cache(maxsize=1)
def contracts() -> dict[str, dict[str, str]]:
    """Relation → column → type, of marts and of views over the lake."""
    found = {table.model: {c.name: c.duckdb_type for c in table.columns} for table in lake_tables().values()}
    for path in sorted(MARTS.rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    return found


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database named as dbt's build file."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        connection.execute("attach ':memory:' as build")
        yield connection


def answer(
    build: duckdb.DuckDBPyConnection, published: Path, table: Table, given: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Rows of the table's query, in order of its grain, where ``given`` is all there is; types keep the contract."""
    folder = published / "serving" / "dbt" / "compiled" / "mart" / "models" / "marts" / "theme" / table.sector
    sql = (folder / f"{table.name}.sql").read_text(encoding="utf-8")
    for schema, relation in dict.fromkeys(READ.findall(sql)):
        rows = given.get(relation, [])
        columns = contracts().get(relation) or dict.fromkeys(rows[0], "varchar")
        build.execute(f"create schema if not exists build.{schema}")
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        build.execute(f"create table build.{schema}.{relation} ({body})")
        for row in rows:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            build.execute(f"insert into build.{schema}.{relation} ({names}) values ({marks})", list(row.values()))
    described = build.execute(f"describe {sql}").fetchall()
    assert {row[0]: row[1].lower() for row in described} == {c.name: c.data_type for c in table.columns}
    order = ", ".join(table.grain)
    return build.execute(f"select * from ({sql}) order by {order}").to_arrow_table().to_pylist()


def shown(value: Any) -> Any:
    """A value as a case writes it: dates as text, measures as numbers."""
    if isinstance(value, datetime | date):
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("name", OWN)
def test_own_tables_hold_the_values_worked_out_by_hand(
    build: duckdb.DuckDBPyConnection, published: Path, name: str
) -> None:
    case = cases()[name]
    rows = answer(build, published, TABLES[name], case["given"])
    assert len(rows) == len(case["expect"])
    for row, expected in zip(rows, case["expect"], strict=True):
        assert {key: shown(row[key]) for key in expected} == expected


def rows_of_all_sectors(make: Any) -> list[dict[str, Any]]:
    """The rows that ``make(sector, number)`` gives for each sector, numbered from 1."""
    return [row for number, sector in enumerate(SECTORS, 1) for row in make(sector, number)]


CELL = {"month": "2026-10", "boundary": "legal_entity", "memo_item": "", "district_code": "310115"}
LABEL = [{"kind": "boundary", "code": "legal_entity", "label_zh": "法人边界"}]


def unit(sector: str) -> dict[str, str]:
    return {"enterprise_code": f"U-{sector}", "sector": sector}


@pytest.mark.parametrize("sector", SECTORS)
def test_statistics_are_the_official_account_beside_reported_energy(
    build: duckdb.DuckDBPyConnection, published: Path, sector: str
) -> None:
    def carbon(sector: str, n: int) -> list[dict[str, Any]]:
        base = {**unit(sector), **CELL, "account": "official", "chain": "TTW", "co2_t": 100 * n}
        others = [{"account": "computed:sh_guide"}, {"chain": "WTT"}, {"boundary": "demo_us"}]
        return [base, *({**base, **other, "co2_t": 7} for other in others)]

    def energy(sector: str, n: int) -> list[dict[str, Any]]:
        base = {**unit(sector), **CELL, "evidence": "computed", "coal_calorific_tce": 10 * n}
        return [base, {**base, "month": "2026-09"}, {**base, "evidence": "metered", "coal_calorific_tce": 3}]

    given = {
        "agg_carbon_enterprise_month": rows_of_all_sectors(carbon),
        "agg_energy_enterprise_month": rows_of_all_sectors(energy),
    }
    rows = answer(build, published, TABLES[f"thm_{sector}_stat_month"], given)
    n = SECTORS.index(sector) + 1
    found = [(row["month"], row["enterprise_code"], row["co2_t"], row["coal_calorific_tce"]) for row in rows]
    assert found == [("2026-09", f"U-{sector}", None, 10 * n), ("2026-10", f"U-{sector}", 100 * n, 10 * n)]


@pytest.mark.parametrize("sector", SECTORS)
def test_energy_by_type_is_what_was_reported(build: duckdb.DuckDBPyConnection, published: Path, sector: str) -> None:
    def energy(sector: str, n: int) -> list[dict[str, Any]]:
        base = {**unit(sector), **CELL, "scope": "direct", "energy_type": "diesel", "evidence": "computed"}
        return [{**base, "quantity": 5 * n, "unit": "t"}, {**base, "evidence": "metered", "quantity": 1, "unit": "t"}]

    given = {"fct_energy_month": rows_of_all_sectors(energy)}
    (row,) = answer(build, published, TABLES[f"thm_{sector}_stat_energy_month"], given)
    assert (row["energy_type"], row["quantity"], row["unit"]) == ("diesel", 5 * (SECTORS.index(sector) + 1), "t")


@pytest.mark.parametrize("sector", SECTORS)
def test_meters_of_an_enterprise_add_up_within_medium_and_hour(
    build: duckdb.DuckDBPyConnection, published: Path, sector: str
) -> None:
    def hours(sector: str, n: int) -> list[dict[str, Any]]:
        base = {
            **unit(sector),
            "hour": "2026-11-21T07",
            "medium": "electricity",
            "unit": "kWh",
            "district_code": "310115",
        }
        first = {**base, "meter_id": "M1", "quantity": 3 * n, "estimated_quantity": n, "covered_share": 0.5}
        second = {**base, "meter_id": "M2", "quantity": n, "estimated_quantity": 0, "covered_share": 1.0}
        return [first, second, {**second, "medium": "water", "unit": "m3", "quantity": 9}]

    given = {"fct_meter_hour": rows_of_all_sectors(hours)}
    power, water = answer(build, published, TABLES[f"thm_{sector}_dynamic_meter_hour"], given)
    n = SECTORS.index(sector) + 1
    assert (power["quantity"], power["estimated_share"], power["covered_share"]) == (4 * n, 0.25, 0.75)
    assert (power["meters"], water["quantity"], water["unit"]) == (2, 9, "m3")


@pytest.mark.parametrize("sector", SECTORS)
def test_operation_carries_the_official_intensity(
    build: duckdb.DuckDBPyConnection, published: Path, sector: str
) -> None:
    def activity(sector: str, n: int) -> list[dict[str, Any]]:
        return [{**unit(sector), **key, "district_code": "310115", "quantity": 1000 * n}]

    def intensity(sector: str, n: int) -> list[dict[str, Any]]:
        base = {**unit(sector), **key, "account": "official", "chain": "TTW", "co2_intensity_g_per_unit": 2 * n}
        return [base, {**base, "account": "reported", "co2_intensity_g_per_unit": 1}, {**base, "chain": "WTT"}]

    key = {"month": "2026-10", "boundary": "legal_entity", "activity_type": "tonne_km", "unit": "tkm"}
    given = {
        "fct_transport_month": rows_of_all_sectors(activity),
        "agg_intensity_enterprise_month": rows_of_all_sectors(intensity),
        "int_label": LABEL,
    }
    (row,) = answer(build, published, TABLES[f"thm_{sector}_operation_month"], given)
    n = SECTORS.index(sector) + 1
    assert (row["quantity"], row["co2_intensity_g_per_unit"], row["boundary_zh"]) == (1000 * n, 2 * n, "法人边界")


@pytest.mark.parametrize("sector", SECTORS)
def test_the_register_carries_its_reports_and_newest_target(
    build: duckdb.DuckDBPyConnection, published: Path, sector: str
) -> None:
    def units(sector: str, n: int) -> list[dict[str, Any]]:
        return [{**unit(sector), "meters": n, "annual_energy_tce": 500 * n}]

    def energy(sector: str, n: int) -> list[dict[str, Any]]:
        months = [("2024-11", "computed"), ("2026-10", "computed"), ("2026-11", "metered")]
        return [{**unit(sector), "month": month, "evidence": evidence} for month, evidence in months]

    def targets(sector: str, n: int) -> list[dict[str, Any]]:
        return [{**unit(sector), "year": 2024 + k, "co2_target_t": 10 * n + k} for k in (2, 1)]

    given = {
        "dim_enterprise": rows_of_all_sectors(units),
        "agg_energy_enterprise_month": rows_of_all_sectors(energy),
        "fct_target": [*rows_of_all_sectors(targets), {"sector": sector, "year": 2030, "co2_target_t": 1}],
    }
    (row,) = answer(build, published, TABLES[f"thm_{sector}_base_enterprise"], given)
    n = SECTORS.index(sector) + 1
    assert (row["first_month"], row["last_month"], row["target_year"]) == ("2024-11", "2026-10", 2026)
    assert (row["co2_target_t"], row["meters"], row["annual_energy_tce"]) == (10 * n + 2, n, 500 * n)


@pytest.mark.parametrize("sector", SECTORS)
def test_the_register_of_meters_keeps_to_its_sector(
    build: duckdb.DuckDBPyConnection, published: Path, sector: str
) -> None:
    given = {
        "dim_meter": rows_of_all_sectors(
            lambda sector, n: [{**unit(sector), "meter_id": f"M{n}", "covered_energy_share": n / 10}]
        )
    }
    (row,) = answer(build, published, TABLES[f"thm_{sector}_base_meter"], given)
    n = SECTORS.index(sector) + 1
    assert (row["meter_id"], row["enterprise_code"], row["covered_energy_share"]) == (f"M{n}", f"U-{sector}", n / 10)
