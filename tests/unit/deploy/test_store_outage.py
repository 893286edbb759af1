"""An object store that does not answer: worth another try, and said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import table_store
from infra.settings import settings
from spark_jobs.commands.job import _code_of
from spark_jobs.engine.job_run import TRY_AGAIN
from tests.unit.deploy.cluster_settings import cluster_home


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a lake's object store, which was never started."""
    of = cluster_home(tmp_path, monkeypatch)
    settings.cache_clear()
    table_store._client.cache_clear()
    yield of.s3_endpoint
    settings.cache_clear()
    table_store._client.cache_clear()


def test_a_store_that_does_not_answer_is_asked_again_later(silent: str) -> None:
    with pytest.raises(table_store.StoreUnreachable, match=f"the object store at {silent} does not answer") as raised:
        table_store.newest_version("gold.emission")
    assert _code_of(raised.value) == TRY_AGAIN
