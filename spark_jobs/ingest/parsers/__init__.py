"""Payload bytes → Arrow batch of text columns, as a contract describes them; pure, importable on a Spark worker."""

from spark_jobs.ingest.parsers.payload import bronze_schema, parse_payload

__all__ = ["bronze_schema", "parse_payload"]
