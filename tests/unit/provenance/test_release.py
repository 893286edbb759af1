"""Releases: swapped in under readers, verified, held back, and reproducible."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import duckdb
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from spark_jobs.commands.release import app as release_command
from spark_jobs.commands.trace import app as trace_command
from spark_jobs.commands.verify import app as verify_command
from spark_jobs.jobs import publish
from spark_jobs.jobs.marts import load_candidate, needed
from spark_jobs.provenance import release as releases
from spark_jobs.provenance.verify import check_all, check_current, check_release
from tests.fixtures.lake.published import at_home, lake


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    home = tmp_path / "lake"
    shutil.copytree(published, home, symlinks=True)
    return home


def broken(release: releases.Release) -> list[tuple[str, str]]:
    return [(check.kind, check.name) for check in check_release(release) if check.broken]


def run(app: typer.Typer, words: list[str]) -> Result:
    return CliRunner().invoke(app, words)


def only(home: Path) -> releases.Release:
    (found,) = releases.all_releases()
    return found


def test_a_fresh_release_verifies_and_nothing_is_left_to_do(published: Path) -> None:
    done = lake(published, "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "signatures: 1 checked, 0 broken" in done.stdout
    assert lake(published, "job", "marts").returncode == 99
    assert lake(published, "job", "publish").returncode == 99


def test_a_changed_figure_is_named(copied: Path) -> None:
    with at_home(copied):
        release = only(copied)
        with duckdb.connect(str(release.file)) as connection:
            connection.execute("update fct_target set co2_target_t = co2_target_t + 1 where target_id = 'T-port'")
        assert ("file", release.release_id) in broken(release)
        assert ("mart", "fct_target") in broken(release)
    done = lake(copied, "verify")
    assert done.returncode == 1
    assert "first broken link" in done.stderr


def test_changed_facts_break_the_signature(copied: Path) -> None:
    with at_home(copied):
        release = only(copied)
        facts = release.facts | {"code_version": "another"}
        (release.folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")
        assert broken(releases.load(release.release_id))[0] == ("signature", release.release_id)
        unsigned = {key: value for key, value in facts.items() if key != releases.SIGNATURE}
        (release.folder / "release.json").write_text(json.dumps(unsigned), encoding="utf-8")
        assert broken(releases.load(release.release_id)) == [("signature", release.release_id)]


def test_a_manifest_line_that_a_release_signed_may_not_go(copied: Path) -> None:
    manifest = copied / "landing" / "reporting" / "target_yearly" / "2025-01" / "manifest.jsonl"
    with at_home(copied):
        manifest.write_text("", encoding="utf-8")
        assert ("heads", "reporting.target_yearly 2025-01") in broken(only(copied))


def test_readers_keep_what_they_opened_while_the_next_is_swapped_in(copied: Path) -> None:
    with at_home(copied):
        reader = duckdb.connect(str(releases.current_file()), read_only=True)
        before = reader.execute("select count(*) from fct_emission_line").fetchone()
        other = copied / "other.duckdb"
        with duckdb.connect(str(other)) as connection:
            connection.execute("create table ops_release (release_id varchar)")
            connection.execute("insert into ops_release values ('next')")
        releases.swap_in(other)
        assert reader.execute("select count(*) from fct_emission_line").fetchone() == before
        reader.close()
        assert releases.current_release_id() == "next"


def test_holding_back_says_why_and_the_release_still_verifies(copied: Path) -> None:
    with at_home(copied):
        publish.hold("闸门 silver.energy_monthly 未通过")
        with duckdb.connect(str(releases.current_file()), read_only=True) as connection:
            notices = connection.execute("select notice_zh from ops_notice").fetchall()
        assert notices == [("闸门 silver.energy_monthly 未通过",)]
        assert broken(only(copied)) == []
        assert [check for check in check_current() if check.broken] == []


def test_a_failing_build_exits_65_and_the_former_release_stays(copied: Path) -> None:
    from tests.fixtures.lake.build import rewrite

    with at_home(copied):
        former = releases.current_release_id()
    # A ledger that does not close: 3 rows came in that nothing explains.
    rewrite(copied, "ops.ledger", lambda row: row | {"rows_in": row["rows_in"] + 3})
    done = lake(copied, "job", "marts")
    assert done.returncode == 65
    assert "fct_ledger_window" in done.stderr
    with at_home(copied):
        assert releases.current_release_id() == former
        with duckdb.connect(str(releases.current_file()), read_only=True) as connection:
            assert "继续提供上一发布版本" in connection.execute("select notice_zh from ops_notice").fetchone()[0]
        assert load_candidate() is None


def test_rows_in_another_order_give_the_same_marts(copied: Path) -> None:
    from tests.fixtures.lake.build import rewrite

    for table in ("gold.emission", "gold.energy", "gold.activity"):
        rewrite(copied, table, lambda row: row, reverse=True)
    for step in ("marts", "publish"):
        done = lake(copied, "job", step)
        assert done.returncode == 0, done.stderr
    with at_home(copied):
        old, new = releases.all_releases()
        assert old.facts["table_versions"]["gold.emission"] + 1 == new.facts["table_versions"]["gold.emission"]
        assert old.facts["marts"] == new.facts["marts"]
    shown = lake(copied, "release", "diff", old.release_id, new.release_id).stdout
    assert "table gold.emission: version 0 → 1" in shown
    assert "mart " not in shown


def notices(home: Path) -> list[str]:
    with at_home(home), duckdb.connect(str(releases.current_file()), read_only=True) as connection:
        return [text for (text,) in connection.execute("select notice_zh from ops_notice").fetchall()]


def test_a_closed_gate_is_told_until_a_release_after_it_opened(copied: Path) -> None:
    from tests.fixtures.lake.build import rewrite

    for passed, expected in ((False, 1), (True, 0)):
        rewrite(copied, "ops.gate", lambda row, passed=passed: row | {"passed": passed})
        for step in ("marts", "publish"):
            done = lake(copied, "job", step)
            assert done.returncode == 0, done.stderr
        assert len(notices(copied)) == expected
        assert all("能源消费" in text or "能耗" in text for text in notices(copied)), notices(copied)


def test_a_notice_waits_for_a_swap_under_way_and_names_the_new_release(copied: Path) -> None:
    with at_home(copied):
        with releases.swapping():
            telling = threading.Thread(target=publish.hold, args=("闸门未放行",))
            telling.start()
            newer = copied / "newer.duckdb"
            shutil.copyfile(releases.current_file(), newer)
            with duckdb.connect(str(newer)) as connection:
                connection.execute("update ops_release set release_id = 'newer'")
            newer.replace(releases.current_file())
        telling.join()
        assert releases.current_release_id() == "newer"
        assert notices(copied) == ["闸门未放行"]


@pytest.mark.parametrize(
    ("text", "told"), [('{"release_id": "x', "is not JSON"), ("{}", "does not say release_id"), ("[]", "does not say")]
)
def test_a_damaged_release_json_is_a_broken_link(copied: Path, text: str, told: str) -> None:
    with at_home(copied):
        release = only(copied)
        path = release.folder / "release.json"
        path.write_text(text, encoding="utf-8")
        found = {(check.kind, check.name): check.broken for check in check_all() if check.broken}
        assert found.keys() == {("signature", release.release_id), ("current", "current.duckdb")}
        assert all(str(path) in line and told in line for line in found.values())
        assert needed(), "the next build replaces it"
        assert [run(command, []).exit_code for command in (verify_command, trace_command)] == [1, 1]
        listed = run(release_command, ["list"])
        assert (listed.exit_code, listed.exception.__class__) == (1, SystemExit)
        assert told in listed.output


@pytest.mark.parametrize("kept", [0, 100, 20_000])
def test_a_truncated_served_file_is_a_broken_link(copied: Path, kept: int) -> None:
    with at_home(copied):
        file = releases.current_file()
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data[:kept])
        found = [check for check in check_all() if check.broken]
        assert [(check.kind, check.name) for check in found] == [("current", "current.duckdb")]
        assert "cannot be read" in found[0].broken
        for command, words in ((verify_command, []), (release_command, ["list"]), (trace_command, ["--random", "1"])):
            done = run(command, words)
            assert done.exit_code == 1, done.output
            assert "cannot be read" in done.output


def test_a_truncated_release_file_is_a_broken_link(copied: Path) -> None:
    with at_home(copied):
        release = only(copied)
        data = release.file.read_bytes()
        release.file.unlink()
        release.file.write_bytes(data[: len(data) // 2])
        assert [kind for kind, _ in broken(release)][:2] == ["file", "mart"]
        done = run(trace_command, ["--random", "1"])
        assert done.exit_code == 1
        assert "cannot be read" in done.output


def test_an_empty_or_wrong_home_is_not_called_sound(tmp_path: Path) -> None:
    with at_home(tmp_path / "nowhere"):
        done = run(verify_command, [])
        assert done.exit_code == 2
        assert "LAKE_HOME" in done.output


def test_a_negative_number_of_cells_is_a_wrong_call(published: Path) -> None:
    with at_home(published):
        assert run(trace_command, ["--random", "-3"]).exit_code == 2
