"""`lake model turnover-survey --mode draw`: the ships to ask, from the frame, the plan and a seed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.frame import Frame, InputError, Options, arrow
from spark_jobs.models.turnover_survey.draw import draw


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per frame ship: whether it is drawn, and its weight N_h / n_h."""
    wanted = _wanted(options)
    names, ids = frame.text("stratum"), frame.text("ship_id")
    ok = frame.usable
    drawn = np.zeros(len(frame), dtype=np.bool_)
    weight = np.full(len(frame), np.nan)
    frame.refuse(ok & ~np.isin(names.astype(str), list(wanted)), "stratum: not in the --plan file")
    for name, count in wanted.items():
        rows = ok & (names == name)
        members = ids[rows].tolist()
        if len(set(members)) < len(members):
            raise InputError(f"input: a ship_id stands twice in stratum {name!r}; the frame must list each ship once")
        try:
            chosen = set(draw(name, members, count, options["seed"]))
        except ValueError as error:
            raise InputError(f"input: {error}; lower it in --plan") from error
        here = rows & np.isin(ids.astype(str), list(chosen))
        drawn |= here
        weight[here] = len(members) / count
    return arrow(
        {"stratum": names, "ship_id": ids, "drawn": pa.array(drawn), "weight": weight, "reason": frame.reasons}
    )


def _wanted(options: Options) -> dict[str, int]:
    frame = options.frame("plan")
    counts = frame.number("ships_to_ask")
    counts = np.where(np.isfinite(counts), counts, frame.number("sample_size"))
    pairs = zip(frame.text("stratum"), counts, strict=True)
    return {name: int(count) for name, count in pairs if name not in (None, "TOTAL") and count >= 1}
