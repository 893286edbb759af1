"""Monthly rail feeds by file, as their operators would hand them in: Chinese headers, no version, no time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import settings as settings_module
from infra.upstream.exchange.rail import RESOURCES
from infra.upstream.world.model import World
from spark_jobs.contracts import contract
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.submission import submit

MONTHLY = {one.name: one for one in RESOURCES if not one.register}
LEFT_OUT = ("version", "updated_at")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Landing]:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    settings_module.settings.cache_clear()
    yield Landing(tmp_path / "landing")
    settings_module.settings.cache_clear()


def write(folder: Path, name: str, **changed: object) -> Path:
    """The list's rows under the contract's Chinese labels; ``changed`` by column in the first row."""
    one, feed = MONTHLY[name], contract(f"rail.{name}")
    labels = [feed.field(column).label_zh for column in one.columns if column not in LEFT_OUT]
    rows = [dict(zip(one.columns, row, strict=True)) for row in one.rows(World(7, "small"), (2026, 11))]
    rows[0] |= changed
    path = folder / f"{name}.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(labels)
        writer.writerows([value for column, value in row.items() if column not in LEFT_OUT] for row in rows)
    return path


@pytest.mark.parametrize("name", list(MONTHLY))
def test_a_file_of_the_month_is_accepted(place: Landing, tmp_path: Path, name: str) -> None:
    receipt = submit(contract(f"rail.{name}"), write(tmp_path, name), place)
    assert (receipt.exit_code, receipt.refusals, receipt.file_error) == (0, [], "")
    assert receipt.accepted == receipt.rows >= 3
    assert receipt.window == "2026-11"


@pytest.mark.parametrize(
    ("name", "changed", "reason"),
    [
        ("metro_station_month", {"electricity_mwh": 1.0}, "各系统用电之和应等于车站用电量"),
        ("metro_flow_month", {"passengers": 1}, "工作日与休息日出行人次之和"),
        ("railway_energy_month", {"total": 1.0}, "货运机车、客运机车、生产与生活用量之和应等于合计"),
        ("railway_energy_month", {"unit": "t"}, "计量单位与规定单位不一致"),
        ("railway_month", {"gross_tonne_km": 1.0}, "总重吨公里"),
        ("metro_line_month", {"traction_mwh": "3,160.2兆瓦时"}, "牵引用电量"),
    ],
)
def test_a_wrong_row_is_refused_in_words(
    place: Landing, tmp_path: Path, name: str, changed: dict[str, object], reason: str
) -> None:
    receipt = submit(contract(f"rail.{name}"), write(tmp_path, name, **changed), place)
    assert receipt.refused == 1 and {one.row for one in receipt.refusals} == {2}  # as in the file
    assert any(reason in one.reason_zh for one in receipt.refusals), [one.reason_zh for one in receipt.refusals]
