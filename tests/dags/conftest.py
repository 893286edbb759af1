"""DAG tests run in Airflow's own environment: ``.lake/env/airflow/bin/python -m pytest tests/dags``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(tempfile.mkdtemp(prefix="airflow-tests-"))

# Airflow reads its settings at the first import.
for name in [key for key in os.environ if key.startswith("AIRFLOW__")]:
    os.environ.pop(name)
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    LAKE_HOME=str(HOME),
)
sys.path.insert(0, str(ROOT / "dags"))


@pytest.fixture(scope="session")
def dagbag():
    """All DAGs, as the DAG processor reads them."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))


@pytest.fixture(scope="session")
def sources() -> list[str]:
    """Names of the source folders, read without the code under test."""
    return sorted(path.parent.name for path in (ROOT / "spark_jobs" / "sources").glob("*/_source.yaml"))
