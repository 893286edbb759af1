"""Same-origin routes beside Superset's own: health, brand, language pack, passport."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from flask import Blueprint, Flask, Response, jsonify, redirect, request, send_file, send_from_directory
from flask_login import current_user

from superset_assets.compiler.keys import key
from superset_assets.runtime import language, passport_page
from superset_assets.runtime.place import instance_id
from superset_assets.runtime.release_cache import release_stamp

STATIC = Path(__file__).resolve().parents[1] / "static"
ROLES = Path(__file__).resolve().parents[1] / "spec" / "roles.yaml"
pages = Blueprint("platform_pages", __name__)


@pages.get("/healthz")
def health() -> Response:
    """200 with the identity of this installation, by which its supervisor knows the server is its own."""
    return jsonify(service="superset", instance=instance_id(), release=release_stamp())


@pages.get("/brand/<path:name>")
def brand(name: str) -> Response:
    """Logo and icon."""
    return send_from_directory(STATIC, name, max_age=86400)


def _language_pack() -> Response | None:
    # Superset's route sends the bundled file, unreviewed guesses included, so it is answered before.
    if request.path.rstrip("/").endswith("/language_pack/zh"):
        return send_file(language.corrected_pack(), mimetype="application/json", max_age=300)
    return None


def _home() -> Response | None:
    # Superset's welcome page lists what one worked on last; readers want their own summary first.
    if request.path.rstrip("/") != "/superset/welcome" or not current_user.is_authenticated:
        return None
    from superset.extensions import db
    from superset.models.dashboard import Dashboard

    mine = {role.id for role in current_user.roles}
    for slug in first_pages():
        board = db.session.query(Dashboard).filter_by(uuid=key("dashboard", slug)).one_or_none()
        if board is not None and mine & {role.id for role in board.roles}:
            return redirect(f"/superset/dashboard/{slug}/")
    return None


@lru_cache(maxsize=1)
def first_pages() -> list[str]:
    """Dashboards a user is shown after signing in, in this order, the first that is theirs."""
    return list(yaml.safe_load(ROLES.read_text(encoding="utf-8"))["home"])


def register(app: Flask) -> None:
    """Called once by the configuration."""
    app.register_blueprint(pages)
    app.register_blueprint(passport_page.passport)
    app.before_request(_language_pack)
    app.before_request(_home)
