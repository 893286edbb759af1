"""Figures resolve down to landed bytes, and what is broken is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from spark_jobs.provenance.cell import UntraceableError, fill, resolve
from spark_jobs.provenance.connection import reading
from spark_jobs.provenance.passport import agrees, passport
from tests.fixtures.lake.published import lake

PORT = ["month=2026-08", "sector=port", "boundary=legal_entity", "memo_item=", "account=official", "chain=TTW"]
KEY = dict(pair.split("=") for pair in PORT)


def test_a_thousand_random_cells_resolve(published: Path) -> None:
    done = lake(published, "trace", "--random", "1000", "--seed", "3", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["cells"] == 1000
    assert len(found["marts"]) >= 35
    assert found["followed"]["payloads"] > 100
    assert not found["wrong"]
    assert not found["broken"]


def test_one_figure_down_to_the_corrected_record(published: Path) -> None:
    words = ["trace", "agg_carbon_sector_month", *(w for pair in PORT for w in ("--row", pair)), "--measure", "co2_t"]
    done = lake(published, *words, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["adds_up"]
    lines = found["terms"][0]["lines"]
    assert sum(line["part_value"] for line in lines) == pytest.approx(float(found["published"]), rel=1e-9)
    diesel = next(line for line in lines if line["energy_type"] == "diesel")
    assert diesel["records"][0]["version_no"] == 2
    assert diesel["verification_status"] == "approved"
    assert {factor["factor_id"] for factor in found["terms"][0]["factors"]} == {"F_DIESEL", "F_ELEC_SH"}
    assert found["evidence"]["broken"] == []


def test_changed_bytes_are_named(published: Path, tmp_path: Path) -> None:
    home = tmp_path / "lake"
    shutil.copytree(published, home)
    payload = next((home / "landing" / "reporting" / "energy_monthly" / "2026-09").glob("[0-9a-f]" * 64))
    payload.chmod(0o644)
    payload.write_bytes(payload.read_bytes().replace("甲".encode(), "乙".encode()) + b" ")
    words = ["trace", "agg_carbon_sector_month", *(w for pair in PORT for w in ("--row", pair)), "--measure", "co2_t"]
    done = lake(home, *words, "--json")
    assert done.returncode == 1
    assert payload.name in json.loads(done.stdout)["evidence"]["broken"][0]


def test_unknown_marts_rows_and_measures_say_what_there_is(published: Path) -> None:
    with reading(published / "serving" / "current.duckdb") as query:
        with pytest.raises(UntraceableError, match="no mart 'agg_nothing'"):
            passport(query, "agg_nothing", {}, "co2_t")
        with pytest.raises(UntraceableError, match="no row of agg_carbon_sector_month"):
            passport(query, "agg_carbon_sector_month", KEY | {"sector": "moon"}, "co2_t")
        with pytest.raises(UntraceableError, match="give also"):
            passport(query, "agg_carbon_sector_month", {"month": "2026-08"}, "co2_t")
        with pytest.raises(UntraceableError, match="measures that have one"):
            passport(query, "agg_carbon_sector_month", KEY, "sector_zh")
        with pytest.raises(UntraceableError, match="not among them: district"):
            passport(query, "agg_carbon_sector_month", KEY | {"district": "x"}, "co2_t")


def test_lines_a_viewer_may_not_see_are_summed_not_listed(published: Path) -> None:
    key = {"month": "2026-08", "boundary": "legal_entity", "account": "official", "chain": "TTW"}
    with reading(published / "serving" / "current.duckdb") as query:
        whole = passport(query, "agg_carbon_city_month", key, "co2_t")
        part = passport(query, "agg_carbon_city_month", key, "co2_t", line_rule="enterprise_code = 'E2'")
    term = part["terms"][0]
    assert {line["enterprise_code"] for line in term["lines"]} == {"E2"}
    assert term["hidden_count"] == whole["terms"][0]["line_count"] - len(term["lines"])
    listed = sum(line["part_value"] for line in term["lines"])
    assert listed + term["hidden_total"] == pytest.approx(float(whole["published"]), rel=1e-12)
    assert "丙地铁" not in json.dumps(part, ensure_ascii=False, default=str)


def test_a_cell_value_cannot_leave_its_literal() -> None:
    assert fill("code = $code", {"code": "x' or '1'='1"}) == "code = 'x'' or ''1''=''1'"
    with pytest.raises(UntraceableError, match="names 'other'"):
        fill("code = $other", {"code": "x"})


def test_terms_share_the_rule_and_add_their_own() -> None:
    trace = {
        "lines": "l", "match": {"account": "a = $account"}, "where": "w",
        "measures": {
            "m": {"terms": {"up": "v", "down": {"lines": "k", "value": "q", "where": "z"}}, "formula": "up / down"},
        },
    }  # fmt: skip
    cell = resolve("mart", ["month", "account"], trace, {"month": "2026-01", "account": "x"}, "m")
    up, down = cell.terms
    assert (up.lines, down.lines) == ("l", "k")
    assert up.condition == "(month is not distinct from '2026-01') and (a = 'x') and (w)"
    assert down.condition.endswith("((w) and (z))")


@pytest.mark.parametrize(
    ("published_value", "recomputed", "lines", "same"),
    [
        (1.0, 1.0 + 5e-10, 1, True),
        (1.0, 1.0 + 2e-9, 1, False),
        (None, None, 0, True),
        (0, None, 0, True),
        (5, None, 0, False),
    ],
)
def test_agreement_is_within_a_billionth(published_value: float, recomputed: float, lines: int, same: bool) -> None:
    assert agrees(published_value, recomputed, lines) is same
