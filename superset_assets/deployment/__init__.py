"""Brings a running Superset's metadata to what the spec says, in one process."""
