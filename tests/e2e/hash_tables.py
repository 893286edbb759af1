"""Print the content hash of every table of this lake as JSON: run by ``SmallWorld.table_hashes`` in its environment.

Operating records (``ops``) tell of runs, not of data; of them only the ledger counts. Fleets' tables hang on the lake's
own identity key (file by bucket of the key, sums in order of buckets): with ``--fleets``, where two lakes have the same
key, theirs count, too, but for the list of files, whose names are made up anew.
"""

from __future__ import annotations

import json
import sys

from infra import table_store
from spark_jobs.engine import session
from spark_jobs.engine.content_hash import content_hash

FILES = ("silver.position_file", "silver.ais_position_file")
FLEETS = (*FILES, "silver.fleet_trip", "gold.fleet_")


def counted(name: str, same_key: bool) -> bool:
    """Whether a table is data that another lake has, too."""
    own = FILES if same_key else FLEETS
    return not name.startswith(own) and (not name.startswith("ops.") or name == "ops.ledger")


def main(same_key: bool) -> None:
    """One line: table → hash."""
    spark = session.connect()
    try:
        found = [name for name in table_store.table_names() if counted(name, same_key)]
        print(json.dumps({name: "{}:{}".format(*content_hash(spark, name)) for name in found}))
    finally:
        session.close(spark)


if __name__ == "__main__":
    main("--fleets" in sys.argv[1:])
