"""What a cluster needs before its first driver starts: ``python -m infra.spark.prepare``; again it changes nothing."""

from __future__ import annotations

from infra import table_store
from infra.settings import Settings, settings
from infra.spark import metastore


def prepare(of: Settings) -> list[str]:
    """Make the metastore's schema and the tables' bucket where they are missing; names of what was made."""
    made = ["metastore schema"] if metastore.ensure_schema(of) else []
    return [*made, "bucket"] if table_store.ensure_bucket() else made


if __name__ == "__main__":
    done = prepare(settings())
    print(f"made: {', '.join(done)}" if done else "all was there")
