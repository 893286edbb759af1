"""One entry for all payloads: platform answers by the contract's format, submitted files by their media type."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from spark_jobs.contracts import Contract
from spark_jobs.ingest.parsers.charset import GZIP_MAGIC, decompress
from spark_jobs.ingest.parsers.csv_rows import parse_csv
from spark_jobs.ingest.parsers.json_rows import parse_json
from spark_jobs.ingest.parsers.rows import Unparsable, bronze_schema, unparsable_batch
from spark_jobs.ingest.parsers.submission import SUBMISSION_PREFIX, parse_submission
from spark_jobs.ingest.parsers.xml_rows import parse_xml

_PARSERS: dict[str, Callable[[Contract, bytes, str], pa.RecordBatch]] = {
    "csv": parse_csv,
    "json": parse_json,
    "xml": parse_xml,
}

__all__ = ["bronze_schema", "parse_payload"]


def parse_payload(
    contract: Contract, data: bytes, media_type: str = "", charset: str = "", received_at: str = ""
) -> pa.RecordBatch:
    """Rows of one payload in ``bronze_schema``; never raises on what the payload holds.

    ``media_type``, ``charset`` and ``received_at`` (ISO 8601 with offset) are the manifest's. A payload that cannot be
    read gives one row with number 0 and the reason under ``_error`` in ``extra_json``; a row that cannot be split into
    its fields keeps its number and carries ``_error`` too. Both are for quarantine under the rule ``unparsable``.
    """
    try:
        if media_type.startswith(SUBMISSION_PREFIX):
            return parse_submission(contract, data, media_type, received_at)
        if data.startswith(GZIP_MAGIC):
            data = decompress(data)
        elif contract.format.compression == "gzip":
            raise Unparsable("应为 gzip 压缩数据")
        return _PARSERS[contract.format.parser](contract, data, charset)
    except Unparsable as error:
        return unparsable_batch(contract, str(error))
