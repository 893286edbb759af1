"""Taking in a file that an enterprise submits: land it whatever it is, judge its rows, give a receipt."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from infra.crypto import sm3_hex
from infra.settings import now
from spark_jobs.contracts import Contract
from spark_jobs.ingest.fetch import run_id
from spark_jobs.ingest.landing import Delivery, Landing
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.parsers.rows import ERROR_KEY, GIVEN_KEY
from spark_jobs.ingest.parsers.submission import SUBMISSION_PREFIX
from spark_jobs.ingest.registers import RegisterUnreadable, unknown_values
from spark_jobs.ingest.row_verdicts import Finding, row_findings

MAGIC = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf", b"\x1f\x8b": "gz", b"Rar!": "rar"}
SHOWN_CHARACTERS = 120


@dataclass(frozen=True)
class Refusal:
    """One rule that one row does not meet."""

    row: int
    field: str
    label_zh: str
    value: str
    rule: str
    reason_zh: str


@dataclass
class Receipt:
    """What became of a submitted file. ``rows = accepted + refused rows``; a refused file has a ``file_error``."""

    feed: str
    file: str
    sm3: str
    bytes: int
    received_at: str
    window: str
    charset: str = ""
    rows: int = 0
    accepted: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    first_received_at: str = ""
    file_error: str = ""

    @property
    def refused(self) -> int:
        """Number of refused rows."""
        return self.rows - self.accepted

    @property
    def exit_code(self) -> int:
        """65 where the file as a whole is refused or no row of it could be accepted."""
        return 65 if self.file_error or self.accepted == 0 else 0

    def as_json(self) -> str:
        """The receipt for machines."""
        whole: dict[str, Any] = {**asdict(self), "refused": self.refused}
        return json.dumps(whole, ensure_ascii=False, indent=2)


def visible(text: str) -> str:
    """Text that is safe on a terminal: control and formatting characters as escapes, long values cut."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[:SHOWN_CHARACTERS] + "…"


def _name(path: Path) -> str:
    return visible(os.fsencode(path.name).decode("utf-8", "replace"))


def _kind(data: bytes) -> str:
    """Format by content, never by name: the same bytes mean the same, whatever the file is called."""
    for magic, kind in MAGIC.items():
        if data.startswith(magic):
            return kind
    return "json" if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{") else "csv"


def submit(contract: Contract, path: Path, landing: Landing | None = None) -> Receipt:
    """Land the file's bytes and judge its rows; OSError if the file cannot be read. Lands even what it refuses."""
    place, data = landing or Landing(), path.read_bytes()
    received = now()
    window = f"{received:%Y-%m}" if contract.window.grain == "month" else f"{received:%Y-%m-%d}"
    media_type = SUBMISSION_PREFIX + _kind(data)
    entry = place.land(contract.feed, window, Delivery(data, media_type, "", f"submit:{_name(path)}"), run_id())
    first = next(e for e in place.entries(contract.feed, window) if e.payload_sm3 == entry.payload_sm3)
    receipt = Receipt(
        feed=contract.feed,
        file=_name(path),
        sm3=entry.payload_sm3,
        bytes=entry.bytes,
        received_at=entry.received_at,
        window=window,
        first_received_at=first.received_at if first.seq != entry.seq else "",
    )
    batch = parse_payload(contract, data, media_type, "", first.received_at)
    judge(contract, batch, receipt)
    if not receipt.file_error:
        receipt.warnings += _unregistered(contract, batch)
    return receipt


def judge(contract: Contract, batch: pa.RecordBatch, receipt: Receipt) -> None:
    """Fill the receipt from the parsed rows."""
    extras = batch.column("extra_json").to_pylist()
    numbers = batch.column("row_no").to_pylist()
    if numbers == [0]:
        receipt.file_error = json.loads(extras[0])[ERROR_KEY]
        return
    broken = {n: json.loads(e)[ERROR_KEY] for n, e in zip(numbers, extras, strict=True) if e and f'"{ERROR_KEY}"' in e}
    refused: set[int] = set()
    for finding in row_findings(contract, batch):
        if finding.row in broken and finding.check.rule_id != "unparsable":
            continue
        item = _refusal(contract, finding, broken.get(finding.row, ""))
        if finding.check.severity == "warn":
            receipt.warnings.append(item)
        else:
            receipt.refusals.append(item)
            refused.add(finding.row)
    receipt.charset = batch.column("charset")[0].as_py()
    receipt.rows = batch.num_rows
    receipt.accepted = batch.num_rows - len(refused)
    receipt.warnings += _replaced(contract, batch) + _repeated(contract, batch)


def _refusal(contract: Contract, finding: Finding, detail: str) -> Refusal:
    check = finding.check
    label = contract.field(check.field).label_zh if check.field else ""
    value = visible(finding.value or "")
    return Refusal(finding.row, check.field, label, value, check.rule_id, visible(detail) or check.reason_zh)


def _replaced(contract: Contract, batch: pa.RecordBatch) -> list[Refusal]:
    """One line for each field that receipt alone sets and the file gives otherwise: its first row, and what is set."""
    found: dict[str, list[tuple[int, str]]] = {}
    texts = batch.column("extra_json").to_pylist()
    for number, extra in zip(batch.column("row_no").to_pylist(), texts, strict=True):
        for name, value in (json.loads(extra).get(GIVEN_KEY) or {}).items() if extra else ():
            found.setdefault(name, []).append((number, value))
    return [
        Refusal(
            rows[0][0], name, contract.field(name).label_zh, visible(rows[0][1]), "set_by_receipt",
            f"此项只由系统在收件时填写，文件所给的值不采用，共 {len(rows)} 行；"
            f"已填“{batch.column(name)[0].as_py()}”，请删去此列",
        )
        for name, rows in found.items()
    ]  # fmt: skip


def _repeated(contract: Contract, batch: pa.RecordBatch) -> list[Refusal]:
    """Rows whose business key stands in the file before: the later row counts as a repetition when it is stored."""
    seen: dict[tuple[str | None, ...], int] = {}
    found = []
    keys = zip(*(batch.column(name).to_pylist() for name in contract.key), strict=True)
    labels = "、".join(contract.field(name).label_zh for name in contract.key)
    for number, key in zip(batch.column("row_no").to_pylist(), keys, strict=True):
        if key in seen:
            value = visible("，".join(part or "" for part in key))
            found.append(
                Refusal(number, contract.key[0], labels, value, "repeated_key", f"与第 {seen[key]} 行为同一记录")
            )
        else:
            seen[key] = number
    return found


def _unregistered(contract: Contract, batch: pa.RecordBatch) -> list[Refusal]:
    """One line for each value that a register of the lake does not hold; the rows are taken in all the same."""
    try:
        found = unknown_values(contract, batch)
    except RegisterUnreadable as error:
        return [Refusal(0, "", "", "", "unregistered", f"名录暂时无法读取，未核对（{visible(str(error))}）")]
    return [
        Refusal(
            item.rows[0], item.field.name, item.field.label_zh, visible(item.value), "unregistered",
            f"湖内现有“{item.register_zh}”没有此值，共 {len(item.rows)} 行；不影响接收，请核对或先办理登记",
        )
        for item in found
    ]  # fmt: skip


def original(sm3: str, landing: Landing | None = None) -> bytes:
    """A landed file's bytes by its hash, checked against it; LookupError says what is wrong."""
    digest = sm3.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise LookupError(f"“{visible(sm3)}”不是 SM3 值：应为 64 位十六进制数")
    path = (landing or Landing()).find(digest)
    if path is None:
        raise LookupError(f"没有收存过 SM3 为 {digest} 的文件")
    data = path.read_bytes()
    if sm3_hex(data) != digest:
        raise LookupError(f"{path} 的内容与其 SM3 不符，已被改动")
    return data
