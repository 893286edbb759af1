"""Brings an analyst's edits in Superset back into the spec as a readable diff."""
