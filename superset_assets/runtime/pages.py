"""Same-origin routes beside Superset's own: health, brand, language pack, passport."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, jsonify, request, send_file, send_from_directory

from superset_assets.runtime import language, passport_page
from superset_assets.runtime.place import instance_id
from superset_assets.runtime.release_cache import release_stamp

STATIC = Path(__file__).resolve().parents[1] / "static"
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


def register(app: Flask) -> None:
    """Called once by the configuration."""
    app.register_blueprint(pages)
    app.register_blueprint(passport_page.passport)
    app.before_request(_language_pack)
