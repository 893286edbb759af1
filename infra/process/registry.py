"""The families of feeds, as orchestration sees them: the same plain reading of the contracts that the DAGs use."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from infra.settings import ROOT


def dag_registry() -> ModuleType:
    """``dags/lake/registry.py``, loaded by its path: the DAGs' folder is no package of this environment."""
    name = "lake_dag_registry"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "dags" / "lake" / "registry.py")
        if spec is None or spec.loader is None:
            raise ImportError("dags/lake/registry.py cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def upstream_pools() -> list[str]:
    """One Airflow pool per source."""
    return [family.pool for family in dag_registry().families()]
