"""ops.factor_change: the register's changes as a table, one row for each factor or method that changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factor_library.factor import Factor
from spark_jobs.accounting.factor_register import ADOPTION, METHOD, Change, Register
from spark_jobs.accounting.in_force import ALWAYS, State

CHANGE = "ops.factor_change"


def change_rows(register: Register) -> list[dict[str, Any]]:
    """Rows of ops.factor_change; the baseline is no change."""
    by_id = {state.change_id: (i, state) for i, state in enumerate(register.timeline())}
    states = register.timeline()
    rows = []
    for change in register.changes:
        if change.since == ALWAYS:
            continue
        place, state = by_id.get(change.hash, (len(states) - 1, states[-1]))
        rows += [_common(change) | row for row in _rows(change, states[place - 1], state)]
    return rows


def _common(change: Change) -> dict[str, Any]:
    content = change.content
    return {
        "change_no": change.seq,
        "change_id": change.hash,
        "kind": change.kind,
        "in_force_from": change.since,
        "approved_by": content.get("by_whom", ""),
        "approver_role": content.get("role", ""),
        "evidence": content.get("evidence", ""),
        "evidence_sm3": content.get("evidence_sm3", ""),
        "reason": content.get("reason", ""),
    }


def _rows(change: Change, before: State, after: State) -> Iterator[dict[str, Any]]:
    if change.kind == METHOD:
        yield _row(change.content["method"], "", change.content["by"], None, None)
        return
    held = {f.factor_id: f for f in before.factors or ()}  # the newest version: factors stand in order of version
    former = set(before.factors or ())
    fresh = [f for f in after.factors or () if f not in former]
    if change.kind == ADOPTION:
        named = {(row["factor_id"], row["version"]) for row in change.content["factors"]}
        fresh = [f for f in fresh if (f.factor_id, f.version) in named]
    for factor in fresh:
        yield _row(factor.factor_id, str(factor.version), "", factor, held.get(factor.factor_id))


def _row(name: str, version: str, method: str, factor: Factor | None, former: Factor | None) -> dict[str, Any]:
    return {
        "factor_id": name,
        "factor_version": version,
        "method": method,
        "value": factor.value if factor else None,
        "unit": factor.unit if factor else "",
        "valid_from": factor.valid_from if factor else "",
        "former_version": str(former.version) if former else "",
        "former_value": former.value if former else None,
    }
