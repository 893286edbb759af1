"""For all tests: names of parameters that are the same in every process, so that tests can run side by side."""

from __future__ import annotations

from typing import Any

import pytest


def pytest_make_parametrize_id(config: pytest.Config, val: Any, argname: str) -> str | None:
    """Bytes may hold a time and functions show an address: both are named by their argument (pytest numbers them)."""
    if isinstance(val, bytes):
        return argname
    if callable(val) and not isinstance(val, type):
        return getattr(val, "__name__", argname)
    return None
