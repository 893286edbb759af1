"""The Spark Connect server that owns every Delta write: its configuration and command line."""
