"""Superset's event logger and log-in hooks, written to the SM3-HMAC chain.

Superset's own ``logs`` table takes three commits per chart and cannot be audited; the chained file replaces it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import has_request_context, request
from superset.security import SupersetSecurityManager
from superset.utils.log import AbstractEventLogger

from superset_assets.runtime.audit_chain import AuditChain
from superset_assets.runtime.place import secret, superset_home

LOCAL_TZ = ZoneInfo("Asia/Shanghai")
# The browser's own timing reports: no audit value, several a second.
NOISE = {"log", "mount_dashboard", "load_chart", "render_chart", "hydrate_dashboard"}
_chain: AuditChain | None = None


def audit(action: str, user: str, durable: bool = True, **details: Any) -> None:
    """Append one event; ``details`` must be JSON values. Raises OSError when the log cannot be written."""
    global _chain
    if _chain is None:
        _chain = AuditChain(superset_home() / "audit.jsonl", secret("superset_audit_key", create=True).encode())
    address = request.remote_addr if has_request_context() else None
    at = datetime.now(LOCAL_TZ).isoformat(timespec="milliseconds")
    _chain.append({"at": at, "action": action, "user": user, "address": address, **details}, durable)


class ChainedEventLogger(AbstractEventLogger):
    """Given to ``EVENT_LOGGER``."""

    def log(
        self,
        user_id: int | None,
        action: str,
        dashboard_id: int | None,
        duration_ms: int | None,
        slice_id: int | None,
        referrer: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if action in NOISE:
            return
        audit(
            action,
            user=str(user_id or ""),
            durable=False,
            dashboard=dashboard_id,
            chart=slice_id,
            duration_ms=duration_ms,
            path=request.path if has_request_context() else None,
        )


class AuditedSecurityManager(SupersetSecurityManager):
    """Log-ins do not pass the event logger; every attempt, an unknown name's too, passes here."""

    def on_user_login(self, user: Any) -> None:
        audit("login", user=user.username)

    def auth_user_db(self, username: str, password: str) -> Any:
        user = super().auth_user_db(username, password)
        if user is None:
            audit("login_failed", user=username or "")
        return user
