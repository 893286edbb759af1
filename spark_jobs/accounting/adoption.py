"""`lake adopt`: an approved proposal into the register of this lake, and gold reckoned anew where it counts."""

from __future__ import annotations

from pathlib import Path

from factor_library.factor import Factor
from spark_jobs.accounting.accounts import methods
from spark_jobs.accounting.approval import approval
from spark_jobs.accounting.preview_report import proposal
from spark_jobs.accounting.proposal import ProposalError, slips
from spark_jobs.engine import factor_change, job_run, session
from spark_jobs.engine.factor_change import Scope


def run(
    factor_id: str, value: float | None, rsu: float | None, unit: str, month: str, file: Path | None,
    method: str, by: str, approve: str, evidence: str, reason: str, sure: bool,
) -> str:  # fmt: skip
    """Adopt, recompute, and say what was done; raises ProposalError or ApprovalError before anything is written."""
    granted = approval(approve, evidence, reason)
    proposed: list[Factor] = []
    if method:
        _check_methods(method, by, factor_id)
        named = f"{method} → {by}"
    else:
        state, proposed = proposal(factor_id, value, rsu, unit, month, file)
        far = slips(state, proposed)
        if far and not sure:
            raise ProposalError("；".join(far) + "；确认无误再加 --sure")
        named = "、".join(f"{f.factor_id} 第 {f.version} 版" for f in proposed)
    spark = session.connect()
    try:
        with job_run.record("adopt", named, month, month):
            if method:
                scope = factor_change.adopt_method(spark, method, by, granted)
            else:
                scope = factor_change.adopt(spark, proposed, granted)
    finally:
        session.close(spark)
    return f"已采用：{named}，批准人 {granted.by_whom}（{granted.role}）\n{told(scope)}"


def told(scope: Scope) -> str:
    """What was recomputed, and what to do next."""
    if not scope.months:
        return "没有活动用到它，数值不变"
    months = sorted(scope.months)
    return (
        f"已重算 {months[0]} 至 {months[-1]}（{len(months)} 个月）中 {'、'.join(sorted(scope.types))} 的排放；"
        "原记录保留，自采用之时起失效\n发布新的数值：lake job marts，再 lake job publish"
    )


def _check_methods(method: str, by: str, factor_id: str) -> None:
    if factor_id:
        raise ProposalError("因子与 --method 只能给一个")
    strange = [name for name in (method, by) if name not in methods()]
    if strange:
        raise ProposalError(f"没有核算方法 {'、'.join(map(repr, strange))}；有 {'、'.join(methods())}")
    if method == by:
        raise ProposalError("--method 与 --by 是同一个方法")
