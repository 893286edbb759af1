"""Print the content hash of every table of this lake as JSON: run by ``SmallWorld.table_hashes`` in its environment.

Operating records (``ops``) tell of runs, not of data; of them only the ledger counts.
"""

from __future__ import annotations

import json

from infra.settings import settings
from spark_jobs.engine import session
from spark_jobs.engine.content_hash import content_hash


def counted(name: str) -> bool:
    """Whether a table is data."""
    return not name.startswith("ops.") or name == "ops.ledger"


def main() -> None:
    """One line: table → hash."""
    spark = session.connect()
    try:
        found = sorted(f"{path.parent.name}.{path.name}" for path in settings().warehouse.glob("*/*"))
        print(json.dumps({name: "{}:{}".format(*content_hash(spark, name)) for name in found if counted(name)}))
    finally:
        session.close(spark)


if __name__ == "__main__":
    main()
