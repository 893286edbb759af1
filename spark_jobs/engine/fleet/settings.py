"""Named numbers of the fleet engine that are no factors, each with its reason."""

from __future__ import annotations

from spark_jobs.models.frame import Setting

_OWN = "own choice of this platform"

BUCKETS = Setting("FLEET_BUCKETS", 64, "files", "files a day; a vehicle is always in the same one", _OWN, False)
CHUNK = Setting("FLEET_CHUNK", 500_000, "rows", "rows of a landed file held at once", _OWN, False)
SOUTH = Setting("FLEET_SOUTH", 3.0, "deg", "positions south of it are no positions", "territory of China", True)
NORTH = Setting("FLEET_NORTH", 54.0, "deg", "positions north of it are no positions", "territory of China", True)
WEST = Setting("FLEET_WEST", 73.0, "deg", "positions west of it are no positions", "territory of China", True)
EAST = Setting("FLEET_EAST", 136.0, "deg", "positions east of it are no positions", "territory of China", True)
FASTEST = Setting("FLEET_FASTEST", 220.0, "km/h", "a faster speed is no measurement", _OWN, False)
AHEAD = Setting("FLEET_CLOCK_AHEAD", 600.0, "s", "a terminal's clock may be so far ahead of the receipt", _OWN, False)
LATE_DAYS = Setting("FLEET_LATE_DAYS", 7.0, "d", "an older fix has a wrong clock", _OWN, False)
JUMP_SLACK = Setting("FLEET_JUMP_SLACK", 500.0, "m", "such a distance is drift, never a jump", _OWN, False)
HALF_LOAD = Setting("FLEET_HALF_LOAD", 0.5, "1", "payload of state 'half' over the rated", "JT/T 808 code 01", True)
FULL_LOAD = Setting("FLEET_FULL_LOAD", 1.0, "1", "payload of state 'full' over the rated", "JT/T 808 code 11", True)
STOP = Setting("FLEET_STOP", 180.0, "s", "standing still so long is a stop; moving on is a trip", _OWN, False)
RESOLUTION = Setting("FLEET_H3_RESOLUTION", 8, "1", "H3 cells of grids: about 0.7 km²", _OWN, False)
SQUARE = Setting(
    "FLEET_SQUARE",
    1000.0,
    "1e-6 deg",
    "a fix takes the cell of its square's middle: at most 74 m off",
    _OWN,
    False,
)
GRID_SOUTH = Setting("FLEET_GRID_SOUTH", 30.6, "deg", "cells are kept from here; elsewhere is one cell 0", _OWN, False)
GRID_NORTH = Setting("FLEET_GRID_NORTH", 31.9, "deg", "to here", _OWN, False)
GRID_WEST = Setting("FLEET_GRID_WEST", 120.8, "deg", "from here", _OWN, False)
GRID_EAST = Setting("FLEET_GRID_EAST", 122.2, "deg", "to here", _OWN, False)
FEWEST = Setting("FLEET_FEWEST_VEHICLES", 5, "vehicles", "cells with fewer are not in open tables", _OWN, False)
NETWORK_SQUARE = Setting(
    "FLEET_NETWORK_SQUARE", 2000, "1e-6 deg", "squares in which roads are looked up; larger for very large networks",
    _OWN, False,
)  # fmt: skip
NETWORK_SQUARES = Setting(
    "FLEET_NETWORK_SQUARES", 4_000_000, "squares", "at most, so that they fit memory", _OWN, False
)
ROAD_TOLERANCE = Setting(
    "FLEET_ROAD_TOLERANCE", 60.0, "m", "a fix so near may be on a road whose file states no tolerance", _OWN, False
)
ROAD_SIGMAS = Setting("FLEET_ROAD_SIGMAS", 3.0, "1", "standard deviations in a road's tolerance", _OWN, False)
HEADING_FROM = Setting("FLEET_HEADING_FROM", 10.0, "km/h", "a slower truck's direction says nothing", _OWN, False)
HEADING_SPREAD = Setting("FLEET_HEADING_SPREAD", 15.0, "deg", "spread of directions about the road's", _OWN, False)
HEADING_MOST = Setting("FLEET_HEADING_MOST", 45.0, "deg", "a truck further off the road's direction is not on it",
                       _OWN, False)  # fmt: skip
CHANGE_COST = Setting(
    "FLEET_ROAD_CHANGE", 3.0, "1", "log odds against being on another road than at the fix before", _OWN, False
)
ONWARD_COST = Setting("FLEET_ROAD_ONWARD", 0.7, "1", "log odds against having gone on to the next edge", _OWN, False)
ROAD_GAP = Setting(
    "FLEET_ROAD_GAP", 900.0, "s", "drift off a road so long, back on the same or the next edge, was on it", _OWN, False
)
DATUM_FIXES = Setting("FLEET_DATUM_FIXES", 32, "fixes", "of a vehicle-day held against the network", _OWN, False)
DATUM_FROM = Setting("FLEET_DATUM_FROM", 30.0, "km/h", "only fixes on the move are held against it", _OWN, False)
DATUM_ROUGHEST = Setting(
    "FLEET_DATUM_ROUGHEST", 100.0, "m", "roads of a larger tolerance cannot tell datums 500 m apart", _OWN, False
)
DATUM_ON_ROAD = Setting("FLEET_DATUM_ON_ROAD", 0.5, "1", "share of driving on roads of the network", _OWN, False)
DATUM_BY_CHANCE = Setting(
    "FLEET_DATUM_BY_CHANCE", 0.5, "1", "share of fixes elsewhere that are near some road, as in dense streets",
    _OWN, False,
)  # fmt: skip
DATUM_CLEAR = Setting("FLEET_DATUM_CLEAR", 13.8, "1", "log likelihood ratio that tells: a million to one", _OWN, False)
SILENT_TRIP = Setting(
    "FLEET_SILENT_TRIP", 7200.0, "s", "a silence so long, with displacement, is within a trip", _OWN, False
)
LONGEST_TRIP_DAYS = Setting("FLEET_LONGEST_TRIP", 3, "d", "no trip goes on over more midnights", _OWN, False)
