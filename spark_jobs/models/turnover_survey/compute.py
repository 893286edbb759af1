"""The three modes behind one command."""

from __future__ import annotations

import pyarrow as pa

from spark_jobs.models.frame import Frame, Options
from spark_jobs.models.turnover_survey import estimate, plan, sample

MODES = {"plan": plan.compute, "draw": sample.compute, "estimate": estimate.compute}


def compute(frame: Frame, options: Options) -> pa.Table:
    """Dispatch on the mode."""
    return MODES[options["mode"]](frame, options)
