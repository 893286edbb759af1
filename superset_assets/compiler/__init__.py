"""Compact specs → Superset's assets bundle, byte for byte the same every time."""
