"""Bytes → text: the declared charset, then UTF-8 strictly, then GB 18030; and bounded decompression."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib

from spark_jobs.ingest.parsers.rows import Unparsable

MAX_TEXT_BYTES = 512 * 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"
_XML_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FAMILY = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "hz": "gb18030"}


def decompress(data: bytes, limit: int = MAX_TEXT_BYTES) -> bytes:
    """Gunzip; Unparsable if the stream is broken, cut, or larger than ``limit`` bytes once unpacked."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            plain = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unparsable(f"gzip 数据损坏或不完整：{error}") from error
    if len(plain) > limit:
        raise Unparsable(f"解压后超过 {limit} 字节，拒绝读取")
    return plain


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError):
        return None
    return _FAMILY.get(found, found)


def declared_in_xml(data: bytes) -> str:
    """The encoding that an XML declaration names, or an empty string."""
    match = _XML_DECLARATION.match(data[:300].removeprefix(codecs.BOM_UTF8))
    return match[1].decode("ascii") if match else ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """(text, charset used). A byte order mark wins; a wrong declaration is passed over. Unparsable if nothing fits."""
    if data.startswith(codecs.BOM_UTF8):
        declared = "utf-8-sig"
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        declared = "utf-16"
    tried = [name for name in (_known(declared) if declared else None, "utf-8", "gb18030") if name]
    for name in tried:
        try:
            return data.decode(name), name
        except (UnicodeError, LookupError):
            continue
    raise Unparsable(f"无法识别字符编码（已尝试 {', '.join(tried)}）")
