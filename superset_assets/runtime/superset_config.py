"""Configuration of Superset 6.1, named by ``SUPERSET_CONFIG_PATH``; places and secrets come from the environment.

``SUPERSET_METADATA_URI`` is required (PostgreSQL). No page makes a request beyond this origin.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from flask import Flask

from superset_assets.runtime import look
from superset_assets.runtime.event_log import AuditedSecurityManager, ChainedEventLogger
from superset_assets.runtime.place import required, secret, superset_home
from superset_assets.runtime.sm4_fields import Sm4FieldAdapter

# ---- identity, metadata, secrets
APP_NAME = "上海市交通碳排放监测平台"
SECRET_KEY = secret("superset_secret_key", create=True)
GUEST_TOKEN_JWT_SECRET = secret("superset_guest_key", create=True)
SQLALCHEMY_DATABASE_URI = required(
    "SUPERSET_METADATA_URI", "for example postgresql+psycopg2://postgres@/superset?host=/path/to/socket"
)
SQLALCHEMY_ENGINE_OPTIONS = {"pool_size": 10, "pool_pre_ping": True}
SQLALCHEMY_ENCRYPTED_FIELD_TYPE_ADAPTER = Sm4FieldAdapter
EVENT_LOGGER = ChainedEventLogger()
CUSTOM_SECURITY_MANAGER = AuditedSecurityManager
PREVENT_UNSAFE_DB_CONNECTIONS = True

# ---- language
BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}}
D3_FORMAT = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""]}
D3_TIME_FORMAT = {
    "dateTime": "%Y年%-m月%-d日 %H:%M:%S",
    "date": "%Y-%m-%d",
    "time": "%H:%M:%S",
    "periods": ["上午", "下午"],
    "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
    "shortDays": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
    "months": [f"{name}月" for name in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")],
    "shortMonths": [f"{number}月" for number in range(1, 13)],
}
CURRENCIES = ["CNY"]
DEFAULT_TIME_FILTER = "No filter"

# ---- look
LOGO = "/brand/logo.svg"
APP_ICON = LOGO
FAVICONS = [{"href": "/brand/favicon.svg"}]
LOGO_TOOLTIP = APP_NAME
THEME_DEFAULT = look.theme(APP_NAME, LOGO)
THEME_DARK = None
ENABLE_UI_THEME_ADMINISTRATION = False
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
EXTRA_CATEGORICAL_COLOR_SCHEMES = look.categorical_schemes()
EXTRA_SEQUENTIAL_COLOR_SCHEMES = look.sequential_schemes()
MAPBOX_API_KEY = ""
DECKGL_BASE_MAP = [["none", "无底图"]]

# ---- what the browser may do
HTML_SANITIZATION = True
HTML_SANITIZATION_SCHEMA_EXTENSIONS = {"attributes": {"*": ["style", "className"]}}
_SELF = ["'self'"]
TALISMAN_ENABLED = True
TALISMAN_CONFIG: dict[str, Any] = {
    "content_security_policy": {
        "base-uri": _SELF,
        "default-src": _SELF,
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": _SELF,
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'", "data:"],
        "script-src": ["'self'", "'strict-dynamic'"],
        "frame-ancestors": _SELF,
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": os.environ.get("SUPERSET_TLS") == "1",
}
TALISMAN_DEV_CONFIG = TALISMAN_CONFIG
CONTENT_SECURITY_POLICY_WARNING = False
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
PERMANENT_SESSION_LIFETIME = timedelta(hours=8)
WTF_CSRF_ENABLED = True

# ---- log-in
AUTH_RATE_LIMITED = True
AUTH_RATE_LIMIT = "20 per 10 second"
RATELIMIT_ENABLED = True
RATELIMIT_STORAGE_URI = os.environ.get("SUPERSET_REDIS_URL") or "memory://"
RATELIMIT_APPLICATION = "500 per second"
FAB_PASSWORD_COMPLEXITY_ENABLED = True

# ---- behaviour
FEATURE_FLAGS = {
    "DASHBOARD_RBAC": True,
    "ENABLE_TEMPLATE_PROCESSING": False,
    "EMBEDDED_SUPERSET": False,
    "ALERT_REPORTS": False,
    "TAGGING_SYSTEM": False,
    "DRILL_BY": True,
    "ENABLE_JAVASCRIPT_CONTROLS": False,
}
ROW_LIMIT = 10000
SUPERSET_WEBSERVER_TIMEOUT = 60


def _files(name: str, seconds: int, backend: str = "FileSystemCache") -> dict[str, Any]:
    """A cache in its own folder, kept ``seconds``."""
    return {
        "CACHE_TYPE": backend,
        "CACHE_DIR": str(superset_home() / "cache" / name),
        "CACHE_THRESHOLD": 5000,
        "CACHE_DEFAULT_TIMEOUT": seconds,
        "CACHE_KEY_PREFIX": f"{name}_",
    }


_BY_RELEASE = "superset_assets.runtime.release_cache.ReleaseCache"
CACHE_CONFIG = _files("meta", 3600)
DATA_CACHE_CONFIG = _files("data", 24 * 3600, _BY_RELEASE)
FILTER_STATE_CACHE_CONFIG = {**_files("filter", 90 * 86400), "REFRESH_TIMEOUT_ON_RETRIEVAL": True}
EXPLORE_FORM_DATA_CACHE_CONFIG = {**_files("explore", 7 * 86400), "REFRESH_TIMEOUT_ON_RETRIEVAL": True}


def FLASK_APP_MUTATOR(app: Flask) -> None:
    """Add the platform's own pages; imported here because they need the application."""
    from superset_assets.runtime import pages

    pages.register(app)
