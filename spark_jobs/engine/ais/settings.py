"""Named numbers of the AIS engine that are no factors, each with its reason."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

_OWN = "own choice of this platform"
_EXPERT = "expert value of this platform"
_ITU = "ITU-R M.1371-5"

BUCKETS = Setting("AIS_BUCKETS", 16, "files", "files a day; a ship is always in the same one", _OWN, False)
BLOCK = Setting("AIS_BLOCK", 33_554_432, "bytes", "so much of a received file is held at once", _OWN, False)
SOUTH = Setting("AIS_SOUTH", 28.0, "deg", "positions south of it are not of the area", _OWN, False)
NORTH = Setting("AIS_NORTH", 34.0, "deg", "positions north of it are not of the area", _OWN, False)
WEST = Setting("AIS_WEST", 118.0, "deg", "positions west of it are not of the area", _OWN, False)
EAST = Setting("AIS_EAST", 126.0, "deg", "positions east of it are not of the area", _OWN, False)
AHEAD = Setting("AIS_CLOCK_AHEAD", 600.0, "s", "a station's clock may be so far ahead of the receipt", _OWN, False)
LATE_DAYS = Setting("AIS_LATE_DAYS", 7.0, "d", "an older message has a wrong clock", _OWN, False)
JUMP_SLACK = Setting("AIS_JUMP_SLACK", 1000.0, "m", "such a distance is drift, never a jump", _OWN, False)
AMBIGUOUS = Setting(
    "AIS_AMBIGUOUS_FIXES",
    20,
    "fixes",
    "so many fixes of a day off a ship's track are another ship under the same MMSI",
    _OWN,
    False,
)
LEAST_MMSI = Setting("AIS_LEAST_MMSI", 201_000_000, "1", "first identity of a ship (MID 201)", "ITU-R M.585-9", True)
MOST_MMSI = Setting("AIS_MOST_MMSI", 775_999_999, "1", "last identity of a ship (MID 775)", "ITU-R M.585-9", True)
SILENCE = Setting(
    "AIS_SILENCE",
    3600.0,
    "s",
    "a ship silent for longer was out of the stations' reach: no fuel is invented for it",
    _OWN,
    False,
)
NO_SPEED = Setting("AIS_NO_SPEED", 1023, "0.1 kn", "speed is not available", f"{_ITU}, table 48", True)
RESOLUTION = Setting("AIS_H3_RESOLUTION", 7, "1", "H3 cells of grids: about 5 km²", _OWN, False)
SQUARE = Setting("AIS_SQUARE", 3000.0, "1e-6 deg", "a fix takes the cell of its square's middle", _OWN, False)
GRID_SOUTH = Setting("AIS_GRID_SOUTH", 30.2, "deg", "cells are kept from here; elsewhere is one cell 0", _OWN, False)
GRID_NORTH = Setting("AIS_GRID_NORTH", 32.0, "deg", "to here", _OWN, False)
GRID_WEST = Setting("AIS_GRID_WEST", 120.8, "deg", "from here", _OWN, False)
GRID_EAST = Setting("AIS_GRID_EAST", 123.2, "deg", "to here", _OWN, False)
FEWEST = Setting("AIS_FEWEST_SHIPS", 3, "ships", "cells with fewer are not in open tables", _OWN, False)
FILLED = Setting(
    "AIS_DISPLACED_SHARE", 0.75, "1", "displacement over length × beam × draught (block coefficient)", _EXPERT, False
)
CARRIES = Setting("AIS_DEADWEIGHT_SHARE", 0.75, "1", "deadweight over displacement", _EXPERT, False)
SEAWATER = Setting("AIS_SEAWATER", 1.025, "t/m3", "density of seawater", _EXPERT, False)
DRAUGHT_OF_BEAM = Setting("AIS_DRAUGHT_OF_BEAM", 0.4, "1", "design draught over beam", _EXPERT, False)
TRACK_MOVING = Setting(
    "AIS_TRACK_MOVING", 600.0, "s", "thinned tracks have a fix so often of a moving ship", _OWN, False
)
TRACK_STILL = Setting("AIS_TRACK_STILL", 3600.0, "s", "and so often of one that lies still", _OWN, False)
