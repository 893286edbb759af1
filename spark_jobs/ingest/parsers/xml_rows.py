"""XML payloads: one element per record, its children are the fields; no entities, no DTD, no network."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa
from lxml import etree

from spark_jobs.contracts import Contract
from spark_jobs.ingest.parsers.charset import declared_in_xml, decode
from spark_jobs.ingest.parsers.rows import ERROR_KEY, Row, Unparsable, text, to_batch

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def safe_root(content: str) -> Any:
    """Root element. Unparsable if the text is no XML or brings a document type of its own."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(_DECLARATION.sub("", content, count=1).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unparsable(f"XML 无法解析：{error}") from error
    if root.getroottree().docinfo.doctype:
        raise Unparsable("XML 含有文档类型声明（DOCTYPE），拒绝读取")
    return root


def _row(number: int, element: Any, known: dict[str, str]) -> Row:
    values: dict[str, str | None] = {}
    extra: dict[str, Any] = {f"@{k}": v for k, v in element.attrib.items()}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        tag = etree.QName(child).localname
        content = child.text if len(child) == 0 else etree.tostring(child, encoding="unicode", with_tail=False)
        name = known.get(tag)
        if name in values or tag in extra:
            extra[ERROR_KEY] = f"字段 {tag} 在一条记录中出现多次"
            extra.setdefault("_repeated", []).append([tag, content])
        elif name:
            values[name] = text(content)
        else:
            extra[tag] = content
    return Row(number, values, extra)


def parse_xml(contract: Contract, data: bytes, charset: str) -> pa.RecordBatch:
    """An XML payload; charset from HTTP, else from the XML declaration, else as ``decode`` finds it."""
    content, used = decode(data, charset or declared_in_xml(data))
    root = safe_root(content)
    known = {f.source_name: f.name for f in contract.fields}
    found = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname == contract.format.records]
    return to_batch(contract, [_row(number, element, known) for number, element in enumerate(found, 1)], used)
