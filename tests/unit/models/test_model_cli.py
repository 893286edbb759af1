"""`lake model`: list, help, files in and out, and errors that say where."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from spark_jobs.commands.model import app
from spark_jobs.models.registry import models

CARDS = Path(__file__).parents[3] / "docs/models"
YEAR = "ship_id,ship_type,deadweight_t,gross_tonnage,year,distance_nm,hfo_t\n"
GOOD = YEAR + "1,Bulk carrier,80000,43000,2024,50000,5000\n"
POSITIONS = "ship_id,time,latitude_deg,longitude_deg,speed_kn\n1,2026-10-01 07:00:00,31,122,10\n"


def lake(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def run(tmp_path: Path, text: str, *options: object, encoding: str = "utf-8") -> tuple[int, str, Path]:
    out = tmp_path / "out.csv"
    code, output = lake("cii", "--in", write(tmp_path / "in.csv", text, encoding), "--out", out, *options)
    return code, output, out


def test_list_names_every_model() -> None:
    code, output = lake("--list")
    assert code == 0
    assert len(models()) >= 6
    assert all(name in output for name in models())


@pytest.mark.parametrize("name", sorted(models()))
def test_help_shows_every_column_with_its_unit_and_what_absence_costs(name: str) -> None:
    code, output = lake(name, "--help")
    assert code == 0
    one_model = models()[name]
    for mode in (c for option in one_model.options if option.name == "mode" for c in option.choices):
        for column in (*one_model.columns_in({"mode": mode}), *one_model.columns_out({"mode": mode})):
            assert column.name in output
    for column in (*one_model.inputs, *one_model.outputs, *(c for o in one_model.options for c in o.columns)):
        assert column.name in output
    assert "SOURCES" in output
    flat = " ".join(output.split())
    optional = [c for c in one_model.inputs if not c.needed]
    assert all(" ".join(c.absence.split())[:20] in flat for c in optional)


@pytest.mark.parametrize("name", sorted(models()))
def test_every_model_has_a_card_in_both_languages(name: str) -> None:
    card = models()[name].card
    assert (CARDS / card).is_file()
    assert (CARDS / "zh" / card).is_file()


def test_unknown_model_names_the_nearest() -> None:
    code, output = lake("shiping-year", "--in", "a", "--out", "b")
    assert code == 2
    assert "did you mean 'shipping-year'" in output


def test_csv_and_parquet_give_the_same(tmp_path: Path) -> None:
    code, _, out = run(tmp_path, GOOD)
    assert code == 0
    parquet = tmp_path / "out.parquet"
    assert lake("cii", "--in", tmp_path / "in.csv", "--out", parquet)[0] == 0
    row = pq.read_table(parquet).to_pylist()[0]
    assert f"{row['attained']}" in out.read_text()
    again = tmp_path / "again.csv"
    table = pq.read_table(parquet).select(["ship_id", "year"]).to_pylist()
    assert table == [{"ship_id": "1", "year": 2024}]
    code, output = lake("cii", "--in", parquet, "--out", again)
    assert code == 65
    assert f"{parquet}: needed column 'ship_type' is missing; columns found: ship_id, year" in output


def test_gbk_file_with_chinese_names(tmp_path: Path) -> None:
    code, _, out = run(tmp_path, YEAR + "一号,散货船,80000,43000,2024,50000,5000\n", encoding="gb18030")
    assert code == 0
    assert "一号" in out.read_text()


def test_a_bad_row_is_reasoned_and_the_rest_computed(tmp_path: Path) -> None:
    code, output, out = run(tmp_path, GOOD + "2,Bulk carrier,many,43000,2024,50000,5000\n")
    assert code == 0
    assert "1 not computed" in output
    assert "deadweight_t: 'many' is not a number" in out.read_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty; the first line must hold the column names"),
        (GOOD + "2,Bulk carrier\n", "row 2: 2 fields where the header has 7"),
        (GOOD.replace("ship_type", "shiptype"), "'ship_type' is missing (is it 'shiptype'? rename it)"),
        (GOOD.replace("hfo_t", "ship_id"), "column 'ship_id' is there 2 times"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, said: str) -> None:
    code, output, out = run(tmp_path, text)
    assert code == 65
    assert "in.csv" in output
    assert said in output
    assert not out.exists()


def test_a_side_file_is_named_in_its_errors(tmp_path: Path) -> None:
    ships = write(tmp_path / "ships.csv", "ship_id,deadweight_t\n1,80000\n")
    source = write(tmp_path / "in.csv", POSITIONS)
    code, output = lake("shipping-positions", "--in", source, "--out", tmp_path / "o.csv", "--ships", ships)
    assert code == 65
    assert f"{ships}: needed column 'ship_type' is missing" in output


def test_times_are_read_and_written_in_the_zone(tmp_path: Path) -> None:
    ships = write(tmp_path / "ships.csv", "ship_id,ship_type,deadweight_t\n1,Bulk carrier,80000\n")
    source = write(tmp_path / "in.csv", POSITIONS)
    for zone, written in (("Asia/Shanghai", "2026-10-01T07:00:00+0800"), ("UTC", "2026-10-01T07:00:00+0000")):
        out = tmp_path / "o.csv"
        code, _ = lake("shipping-positions", "--in", source, "--out", out, "--ships", ships, "--points", "--tz", zone)
        assert code == 0
        assert written in out.read_text()
    assert lake("cii", "--in", source, "--out", out, "--tz", "Mars/Base")[0] == 65
