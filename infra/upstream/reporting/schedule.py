"""When an enterprise submits a month, and how its reports move from 报送 to 审定, with later corrections."""

from __future__ import annotations

from typing import NamedTuple

from infra.upstream.clock import month_start, shift
from infra.upstream.rng import draws, log_uniform
from infra.upstream.world.enterprises import Enterprise

DAY = 86_400
DUE_DAYS = 15
LATE_DAYS = 60
CORRECTION_DAYS = (40, 540)
STATUSES = ("报送", "审核", "核查", "审定")
LOOKBACK_MONTHS = 23


class Submission(NamedTuple):
    """First submission of a month and the times of its status changes, unix seconds."""

    times: tuple[int, int, int, int]
    due: int
    late: bool


class Step(NamedTuple):
    """One version of a record."""

    version: int
    status: str
    at: int
    corrected: bool


def due_time(month: tuple[int, int]) -> int:
    """End of the 15th of the next month."""
    return month_start(shift(month, 1)) + DUE_DAYS * DAY


def submission(seed: int, enterprise: Enterprise, month: tuple[int, int], rates: dict[str, float]) -> Submission | None:
    """Submission of an enterprise's month; None when it never came."""
    u = draws(seed, "submission", enterprise.index, *month)
    if u[0] < rates["missing"]:
        return None
    due = due_time(month)
    late = u[1] < rates["late"]
    first = due + int(log_uniform(u[2], 0.05, LATE_DAYS) * DAY) if late else due - int((0.4 + 11.0 * u[2]) * DAY)
    review = first + int((2.0 + 4.0 * u[3]) * DAY)
    verify = review + int((5.0 + 9.0 * u[4]) * DAY)
    return Submission((first, review, verify, verify + int((5.0 + 10.0 * u[5]) * DAY)), due, late)


def correction(
    seed: int, record: tuple[object, ...], submitted: Submission, rates: dict[str, float]
) -> tuple[int, float] | None:
    """Time of a record's correction and the relative error it mends; None for most records."""
    u = draws(seed, "correction", *record)
    if u[0] >= rates["correction"]:
        return None
    at = max(submitted.times[0] + int(log_uniform(u[1], *CORRECTION_DAYS) * DAY), submitted.times[3] + DAY)
    error = (1.0 if u[3] < 0.5 else -1.0) * log_uniform(u[2], 0.02, 0.15)
    return at, error


def steps(seed: int, record: tuple[object, ...], submitted: Submission, corrected_at: int | None) -> list[Step]:
    """All versions of a record in order; the records of one submission differ by seconds."""
    jitter = int(draws(seed, "seconds", *record)[0] * 300)
    out = [Step(i + 1, s, t + jitter, False) for i, (s, t) in enumerate(zip(STATUSES, submitted.times, strict=True))]
    if corrected_at is not None:
        u = draws(seed, "second round", *record)
        at = corrected_at + jitter
        for i, status in enumerate(STATUSES):
            out.append(Step(5 + i, status, at, True))
            at += int((2.0 + 5.0 * u[i]) * DAY)
    return out
