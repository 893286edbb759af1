"""Rows of activity to rows of the ships file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import Frame, InputError, Options
from spark_jobs.models.shipping.particulars import Particulars, particulars, refuse_incomplete


def ship_file(options: Options) -> tuple[list[str], Particulars, npt.NDArray[np.object_], Frame]:
    """Ids, particulars and reasons of the ships file.

    Raises:
        InputError: the same ship stands twice.
    """
    frame = options.frame("ships")
    ids = frame.text("ship_id").tolist()
    seen: dict[str, int] = {}
    for row, ship_id in enumerate(ids, start=1):
        if ship_id is not None and ship_id in seen:
            raise InputError(f"--ships: ship_id {ship_id!r} stands in rows {seen[ship_id]} and {row}; keep one")
        seen[ship_id] = row
    ships = particulars(frame)
    refuse_incomplete(frame, ships)
    return ids, ships, frame.reasons, frame


def positions_of(frame: Frame, ids: list[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], list[str]]:
    """For each row the position of its ship among ``ids`` (−1 unknown), its own code, and the codes' texts."""
    codes, texts = frame.index("ship_id")
    place = {ship_id: position for position, ship_id in enumerate(ids)}
    lookup = np.array([place.get(text, -1) for text in texts] + [-1], dtype=np.int64)
    return lookup[codes], codes, texts


def refuse_unknown(
    frame: Frame, index: npt.NDArray[np.int64], reasons: npt.NDArray[np.object_], needed: npt.NDArray[np.bool_]
) -> None:
    """A reason on rows whose ship is not in the ships file, or is there without what is needed."""
    frame.refuse(needed & (index < 0), "ship_id: not in the --ships file")
    has_reason = np.array([reason is not None for reason in reasons] + [False], dtype=np.bool_)
    texts = np.array([None if reason is None else f"--ships: {reason}" for reason in reasons] + [None], dtype=object)
    frame.refuse(needed & (index >= 0) & has_reason[index], texts[index])
