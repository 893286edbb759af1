"""Who approved something, in what function, on what evidence: read from a command line; files are kept by their SM3."""

from __future__ import annotations

from pathlib import Path

from infra.crypto import sm3_hex
from infra.settings import settings
from spark_jobs.accounting.factor_register import Approval


class ApprovalError(ValueError):
    """The approval is not complete; the message says what to give."""

    exit_code = 2


def approval(approved: str, evidence: str, reason: str = "") -> Approval:
    """Of ``name/role`` and a text or a file's path. A file is kept under ``$LAKE_HOME/evidence/<SM3>``."""
    name, slash, role = (part.strip() for part in approved.partition("/"))
    if not (name and slash and role):
        raise ApprovalError(f'--approve 应为“姓名/职务”，如 "王工/节能处处长"，不是 {approved!r}')
    if not evidence.strip():
        raise ApprovalError("--evidence 不得为空：写明依据（如会议纪要文号），或给出佐证文件的路径")
    path = Path(evidence)
    if _is_file(path):
        data = path.read_bytes()
        digest = sm3_hex(data)
        kept = settings().home / "evidence" / digest
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f".{digest}.part")
        part.write_bytes(data)
        part.replace(kept)
        return Approval(name, role, path.name, digest, reason)
    return Approval(name, role, evidence.strip(), sm3_hex(evidence.strip().encode()), reason)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a text too long to be a path
        return False
