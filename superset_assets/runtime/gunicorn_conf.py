"""Gunicorn settings: ``gunicorn -c superset_assets/runtime/gunicorn_conf.py 'superset.app:create_app()'``.

``SUPERSET_BIND`` is the address (host:port or unix:path). Needs ``SUPERSET_METADATA_URI``; everything else has a
default below ``LAKE_HOME``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
os.environ.setdefault("SUPERSET_CONFIG_PATH", str(HERE / "superset_config.py"))
# Neither Superset nor its libraries may call home.
os.environ.setdefault("SCARF_ANALYTICS", "false")
# Without compiled byte code each start takes twice as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

bind = os.environ.get("SUPERSET_BIND", "127.0.0.1:18088")
workers = int(os.environ.get("SUPERSET_WORKERS", "1"))
worker_class = "gthread"
threads = int(os.environ.get("SUPERSET_THREADS", "8"))
timeout = 120
graceful_timeout = 10
keepalive = 30
accesslog = None
errorlog = "-"
loglevel = "warning"
proc_name = "superset"
