"""The gate of a table: its expectation suite on the partitions that were touched, by Great Expectations.

The result is a row of ``ops.gate`` and a page of the Data Docs. A critical failure blocks what comes after.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from infra.settings import now, settings
from spark_jobs.contracts import load_contracts
from spark_jobs.engine import job_run, tables
from spark_jobs.engine.layers import silver_name
from spark_jobs.engine.suites import suite_of

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

MOST_TOLD = 8
ResultFormat = Literal["BOOLEAN_ONLY", "SUMMARY"]
SPARK, IN_MEMORY = "spark", "lake_in_memory"
# How many rows fail, and which, is one query an expectation in Spark; that any fails, one for all of them.
TOLD: ResultFormat = "SUMMARY"
FIRST_ASKED: dict[str, ResultFormat] = {SPARK: "BOOLEAN_ONLY", IN_MEMORY: TOLD}


class GateClosed(ValueError):
    """A blocking expectation failed; the message names table, rule and how many rows, ``notices`` is for readers."""

    exit_code = 65

    def __init__(self, message: str, notices: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.notices = notices


@dataclass(frozen=True)
class Verdict:
    """Result of one suite on one table."""

    table: str
    periods: tuple[str, ...]
    expectations: int
    failed_blocking: tuple[str, ...]
    failed_warning: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.failed_blocking


class Gate:
    """One Great Expectations context for the checks of a job."""

    def __init__(self, spark: SparkSession) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "False"
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        self.spark = spark
        self.context = gx.get_context(mode="file", project_root_dir=str(settings().run))
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self.docs = settings().home / "docs" / "data_docs"
        site: Any = {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(self.docs)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
        known = self.context.get_site_names()
        change = self.context.update_data_docs_site if "lake" in known else self.context.add_data_docs_site
        change(site_name="lake", site_config=site)
        if "local_site" in known:
            self.context.delete_data_docs_site("local_site")
        self.sources: dict[str, Any] = {}

    def _source(self, kind: str) -> Any:
        """The data source of frames of that kind, made when it is first needed."""
        if kind not in self.sources:
            made = self.context.data_sources
            self.sources[kind] = (
                made.add_or_update_spark("lake", persist=False) if kind == SPARK else made.add_or_update_pandas(kind)
            )
        return self.sources[kind]

    def check(self, name: str, rows: DataFrame | pd.DataFrame, periods: tuple[str, ...]) -> Verdict:
        """Run the table's suite on ``rows``, a frame of Spark or of pandas."""
        import great_expectations as gx
        import pandas as pd

        kind = IN_MEMORY if isinstance(rows, pd.DataFrame) else SPARK
        source = self._source(kind)

        suite = gx.ExpectationSuite(name=name, expectations=suite_of(name))
        suite = self.context.suites.add_or_update(suite)
        known = {asset.name for asset in source.assets}
        asset = source.get_asset(name) if name in known else source.add_dataframe_asset(name)
        batches = {batch.name for batch in asset.batch_definitions}
        batch = (
            asset.get_batch_definition("touched")
            if "touched" in batches
            else asset.add_batch_definition_whole_dataframe("touched")
        )
        # A stored definition names its source; a table that grows out of memory gets another one.
        definition = gx.ValidationDefinition(name=f"{name} {kind}", data=batch, suite=suite)
        definition = self.context.validation_definitions.add_or_update(definition)
        result = definition.run(batch_parameters={"dataframe": rows}, result_format=FIRST_ASKED[kind])
        if not result.success and FIRST_ASKED[kind] != TOLD:
            result = definition.run(batch_parameters={"dataframe": rows}, result_format=TOLD)
        failed = [item for item in result.results if not item.success]
        return Verdict(
            name,
            periods,
            len(result.results),
            tuple(_told(item) for item in failed if _severity(item) == "critical"),
            tuple(_told(item) for item in failed if _severity(item) != "critical"),
        )

    def publish(self) -> None:
        """Build the Data Docs; they load nothing from elsewhere."""
        from spark_jobs.engine.data_docs import cut_off

        self.context.build_data_docs(site_names=["lake"])
        cut_off(self.docs)


def _severity(item: Any) -> str:
    severity = item.expectation_config.severity
    return getattr(severity, "value", severity) or "critical"


def _told(item: Any) -> str:
    config = item.expectation_config
    why = (config.meta or {}).get("reason_zh", config.type)
    column = config.kwargs.get("column", "")
    count = item.result.get("unexpected_count")
    raised = (item.exception_info or {}).get("exception_message") if item.exception_info else None
    rows = f"，{count} 行不符" if count is not None else ""
    return f"{column}：{why}{rows}" if column else f"{why}{rows}" + (f"（{raised}）" if raised else "")


def record(spark: SparkSession, verdicts: list[Verdict]) -> None:
    """Rows of ``ops.gate``; raises GateClosed after writing where a blocking expectation failed."""
    table = tables.dictionary()["ops.gate"]
    rows = [
        {
            "run_id": job_run.run_id(),
            "table_name": verdict.table,
            "suite": verdict.table,
            "periods": list(verdict.periods),
            "expectations": verdict.expectations,
            "failed_blocking": len(verdict.failed_blocking),
            "failed_warning": len(verdict.failed_warning),
            "passed": verdict.passed,
            "detail_zh": "；".join((*verdict.failed_blocking, *verdict.failed_warning)[:MOST_TOLD]),
            "checked_at": now(),
        }
        for verdict in verdicts
    ]
    tables.append(tables.frame(spark, table, rows), table)
    closed = [verdict for verdict in verdicts if not verdict.passed]
    if closed:
        told = "; ".join(f"{v.table}: {'；'.join(v.failed_blocking[:MOST_TOLD])}" for v in closed)
        notices = tuple(notice_zh(verdict.table) for verdict in closed)
        raise GateClosed(f"blocking expectations failed, former data stays served: {told}", notices)


def notice_zh(table: str) -> str:
    """What readers of the dashboards are told while this table's gate is closed."""
    titles = {silver_name(feed): feed.title_zh for feed in load_contracts().values()}
    titles |= {name: entry.title_zh for name, entry in tables.dictionary().items()}
    return f"“{titles.get(table, table)}”未通过质量闸门，新数据暂不采用，继续提供原有数据"
