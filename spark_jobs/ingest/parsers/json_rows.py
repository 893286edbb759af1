"""JSON payloads: a list of records under a key; numbers keep the text they were written in."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from spark_jobs.contracts import Contract
from spark_jobs.ingest.parsers.charset import decode
from spark_jobs.ingest.parsers.rows import ERROR_KEY, Row, Unparsable, text, to_batch


def load_json(content: str) -> Any:
    """Parsed JSON with every number as text. Unparsable if it is no JSON or nested too deep."""
    try:
        return json.loads(content, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise Unparsable(f"JSON 第 {error.lineno} 行第 {error.colno} 列无法解析：{error.msg}") from error
    except RecursionError as error:
        raise Unparsable("JSON 嵌套过深") from error


def record_row(contract: Contract, number: int, record: Any, shared: dict[str, Any]) -> Row:
    """One record by upstream names; what is no object becomes a row that will be refused."""
    if not isinstance(record, dict):
        return Row(number, {}, {ERROR_KEY: "记录不是 JSON 对象", "_record": record})
    whole = {**shared, **record}
    known = {f.source_name: f.name for f in contract.fields}
    values = {known[k]: text(v) for k, v in whole.items() if k in known}
    return Row(number, values, {k: v for k, v in whole.items() if k not in known})


def parse_json(contract: Contract, data: bytes, charset: str) -> pa.RecordBatch:
    """A JSON payload as the contract's format describes it. Unparsable if the list of records is not there."""
    content, used = decode(data, charset)
    document = load_json(content)
    layout = contract.format
    records = document.get(layout.records) if isinstance(document, dict) else None
    if not isinstance(records, list):
        raise Unparsable(f"JSON 中没有记录列表“{layout.records}”")
    shared = {key: document[key] for key in layout.inherit if key in document}
    rows = [record_row(contract, number, record, shared) for number, record in enumerate(records, 1)]
    return to_batch(contract, rows, used)
