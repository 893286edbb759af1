"""`lake model diesel-regional`: fixes in; a row a vehicle, hour or cell, or with ``--points`` a row a fix, out."""

from __future__ import annotations

import pyarrow as pa

from spark_jobs.models.diesel_regional.groups import group_rows
from spark_jobs.models.diesel_regional.intervals import intervals, pollutants
from spark_jobs.models.diesel_regional.order import STAGE_CODES, ordered
from spark_jobs.models.diesel_regional.points import point_rows
from spark_jobs.models.frame import Frame, InputError, Options


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per vehicle (and hour or cell, by ``by``), or with ``points`` one per fix in the order of the input.

    Raises:
        InputError: ``by`` is cell and no fix has a position.
    """
    tracks = ordered(frame)
    if options["by"] == "cell" and not options["points"] and not len(tracks.fixes.latitude_deg):
        raise InputError("--by cell needs latitude_deg and longitude_deg")
    at = intervals(tracks.fixes)
    grams = pollutants(tracks.fixes, at, STAGE_CODES)
    if options["points"]:
        return point_rows(frame, tracks, at, grams)
    return group_rows(frame, options, tracks, at, grams)
