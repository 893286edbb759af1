"""Print the content hash of every table of this lake as JSON: run by ``SmallWorld.table_hashes`` in its environment.

Operating records (``ops``) tell of runs, not of data; of them only the ledger counts. Fleets' tables hang on the lake's
own identity key (file by bucket of the key, sums in order of buckets), so tests/spark/test_fleet.py compares them
within one lake.
"""

from __future__ import annotations

import json

from infra import table_store
from spark_jobs.engine import session
from spark_jobs.engine.content_hash import content_hash

FLEETS = ("silver.position_file", "silver.fleet_trip", "gold.fleet_")


def counted(name: str) -> bool:
    """Whether a table is data that another lake has, too."""
    return not name.startswith(FLEETS) and (not name.startswith("ops.") or name == "ops.ledger")


def main() -> None:
    """One line: table → hash."""
    spark = session.connect()
    try:
        found = table_store.table_names()
        print(json.dumps({name: "{}:{}".format(*content_hash(spark, name)) for name in found if counted(name)}))
    finally:
        session.close(spark)


if __name__ == "__main__":
    main()
