"""Landing, fetch adapters, payload parsers and file submission; no Spark."""
