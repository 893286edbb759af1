"""Emission factors and coefficients with their sources: one folder per publication, append-only CSV."""
