"""The fleet bench: the platform's kernel inside Spark against DuckDB, Polars and Spark windows on the same rows."""
