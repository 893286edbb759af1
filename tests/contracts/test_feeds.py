"""What holds for every feed's contract, and for its recorded sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from spark_jobs.contract_sql import period_sql, row_checks, window_checks
from spark_jobs.contracts import (
    SOURCES,
    Contract,
    ContractError,
    Derived,
    Field,
    load_contracts,
    read_contract,
    resolve,
)
from spark_jobs.ingest.adapters import Acquisition, adapter
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.row_verdicts import connection, row_findings

CONTRACTS = load_contracts()
FEEDS = {
    "reporting.enterprise", "reporting.energy_monthly", "reporting.activity_monthly", "reporting.emission_monthly",
    "reporting.target_yearly", "metering.meter", "metering.reading_minute", "ship_energy.ship", "ship_energy.voyage",
    "ship_energy.inland_yearly", "pollutant.total_halfhour", "nycflights13.flight", "nycflights13.plane",
    "nycflights13.airport",
}  # fmt: skip
RECORDED_FAULTS = {"metering.reading_minute": [(2532, "min_counter", "-51889.79")]}  # planted, as recorded
HAN = re.compile(r"[\u4e00-\u9fff]")
every_contract = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda c: c.feed)


def sample(contract: Contract) -> Path:
    (path,) = contract.folder.glob(f"{contract.entity}.sample.*")
    return path


def test_all_feeds_of_the_architecture_have_a_contract() -> None:
    assert set(CONTRACTS) >= FEEDS


def test_silver_tables_are_not_shared_by_accident() -> None:
    tables = [c.silver_table for c in CONTRACTS.values()]
    assert len(tables) == len(set(tables))


@every_contract
def test_users_see_chinese(contract: Contract) -> None:
    items: list[Field | Derived] = [*contract.fields, *contract.derived]
    shown = [contract.title_zh, contract.grain_zh, *(item.label_zh for item in items)]
    shown += [rule.reason_zh for rule in contract.rules]
    assert all(HAN.search(text) for text in shown), [t for t in shown if not HAN.search(t)]


@every_contract
def test_names_are_no_sql_keywords(contract: Contract) -> None:
    with connection() as opened:
        words = opened.execute("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'")
        reserved = {row[0] for row in words.fetchall()}
    assert {item.name for item in (*contract.fields, *contract.derived)}.isdisjoint(reserved)


@every_contract
def test_rules_have_unique_ids_and_a_field_to_show(contract: Contract) -> None:
    checks = [*row_checks(contract), *window_checks(contract)]
    ids = [check.rule_id for check in checks]
    assert len(ids) == len(set(ids))
    assert all(check.field in contract.field_names for check in checks if check.rule_id != "unparsable")


@every_contract
def test_a_bare_number_in_a_rule_is_zero_one_or_a_unit_conversion(contract: Contract) -> None:
    """Any other number is a parameter with a source; 1000 is kg per t, 3600 is s per h."""
    for rule in contract.rules:
        text = re.sub(r"'[^']*'|\{\w+\}|[a-z_]+\w*", " ", rule.sql)
        assert set(re.findall(r"\d+(?:\.\d+)?", text)) <= {"0", "1", "1000", "3600"}, rule.id
        assert all(HAN.search(p.source) for p in rule.parameters.values())


@every_contract
def test_quantities_have_a_unit(contract: Contract) -> None:
    without = {"multiplier", "rollover_at", "counter", "gross_tonnage"}  # pure numbers of their kind
    numbers = [f for f in contract.fields if f.type in ("double", "decimal") and f.name not in without]
    assert all(f.unit or f.unit_field for f in numbers), [f.name for f in numbers if not (f.unit or f.unit_field)]


@every_contract
def test_acquisition_fits_its_adapter(contract: Contract) -> None:
    module = adapter(contract.acquisition["adapter"])
    assert issubclass(module.Parameters, Acquisition)
    module.Parameters(**contract.acquisition)


@every_contract
def test_references_and_joins_resolve(contract: Contract) -> None:
    for field in contract.fields:
        if field.references:
            feed, _, name = field.references.rpartition(".")
            assert name in CONTRACTS[feed].field_names
    for join in contract.joins:
        assert set(join.take) <= set(CONTRACTS[join.feed].field_names)
        assert len(CONTRACTS[join.feed].key) == 1


@every_contract
def test_recorded_sample_is_what_the_contract_says(contract: Contract) -> None:
    """Every field of the contract is in the sample, nothing else is, and no check fails."""
    batch = parse_payload(contract, sample(contract).read_bytes())
    rows = batch.to_pylist()
    assert len(rows) >= 2
    assert {row["extra_json"] for row in rows} == {None}
    never = {n for n in contract.field_names if all(row[n] is None for row in rows)}
    assert never <= {"green_power", "ncv_measured", "carbon_content_measured", "oxidation_measured", "enterprise_code"}
    findings = [f for f in row_findings(contract, batch) if f.check.severity == "quarantine"]
    assert [(f.row, f.check.rule_id, f.value) for f in findings] == RECORDED_FAULTS.get(contract.feed, [])


@every_contract
def test_period_is_text_of_its_grain(contract: Contract) -> None:
    shape = {"month": r"20\d\d-\d\d", "day": r"20\d\d-\d\d-\d\d", "year": r"20\d\d", "none": "all"}
    assert period_sql(contract)
    assert contract.period.grain in shape


def write(folder: Path, change: dict[str, object]) -> Path:
    source = SOURCES / "reporting"
    target = folder / "reporting"
    target.mkdir()
    (target / "_source.yaml").write_text((source / "_source.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    content = yaml.safe_load((source / "emission_monthly.yaml").read_text(encoding="utf-8"))
    path = target / "emission_monthly.yaml"
    path.write_text(yaml.safe_dump({**content, **change}, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": ["nobody"]}, "names that are no field: ['nobody']"),
        ({"surprise": 1}, "surprise"),
        ({"feed": "reporting.other"}, "by its place it should be 'reporting.emission_monthly'"),
        ({"period": {"grain": "none", "field": "period"}}, "a grain needs a field"),
        ({"deadline_source": ""}, "deadline_days needs deadline_source"),
        (
            {"rules": [{"id": "r", "sql": "co2_total_t < {most}", "reason_zh": "大"}]},
            "parameters and placeholders differ",
        ),
    ],
)
def test_a_wrong_contract_is_refused_with_file_and_reason(
    tmp_path: Path, change: dict[str, object], words: str
) -> None:
    path = write(tmp_path, change)
    with pytest.raises(ContractError, match=re.escape(words)) as caught:
        read_contract(path)
    assert str(path) in str(caught.value)


def test_a_bound_without_a_source_is_refused(tmp_path: Path) -> None:
    fields = [{"name": "period", "type": "month", "label_zh": "报告期"}]
    fields += [{"name": "enterprise_code", "type": "string", "label_zh": "代码"}]
    fields += [{"name": "co2_total_t", "type": "double", "label_zh": "合计", "unit": "t", "max": 5}]
    with pytest.raises(ContractError, match="min/max need bound_source"):
        read_contract(write(tmp_path, {"fields": fields}))


def test_an_empty_registry_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contract found"):
        load_contracts(tmp_path)


def test_resolve_takes_a_feed_or_a_source() -> None:
    assert [c.feed for c in resolve("metering")] == ["metering.meter", "metering.reading_minute"]
    assert [c.feed for c in resolve("metering.meter")] == ["metering.meter"]
    for wrong in ("nobody", "metering.nothing"):
        with pytest.raises(ContractError, match="known: "):
            resolve(wrong)


def test_generic_code_holds_no_source_literal() -> None:
    """Engines, adapters, parsers and DAGs name no source and no feed: these are data."""
    root = SOURCES.parents[1]
    names = {c.source for c in CONTRACTS.values()} | set(CONTRACTS)
    literal = re.compile(r"[\"'](" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")[\"']")
    files = [*root.glob("spark_jobs/ingest/**/*.py"), *root.glob("spark_jobs/contract*.py")]
    files += [*root.glob("spark_jobs/engine/**/*.py"), *root.glob("dags/**/*.py")]
    assert len(files) > 20
    found = [f"{f.relative_to(root)}: {m[0]}" for f in files for m in literal.finditer(f.read_text(encoding="utf-8"))]
    assert found == []


def test_duckdb_of_receipts_reads_nothing_from_outside(tmp_path: Path) -> None:
    import duckdb

    (tmp_path / "x.csv").write_text("a\n1\n")
    with connection() as opened, pytest.raises(duckdb.Error):
        opened.execute(f"SELECT * FROM read_csv('{tmp_path}/x.csv')")
