"""Shares the published fixture lake."""

from tests.fixtures.lake.published import published

__all__ = ["published"]
