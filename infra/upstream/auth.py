"""How each platform tells who asks: OAuth2 tokens, HMAC-SM3 signatures, an API key."""

from __future__ import annotations

import base64
import hmac as constant_time
import json
import time
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

SIGNATURE_SECONDS = 300
TOKEN_SECONDS = 3600
WANTED = {
    "reporting": ("client_id", "client_secret"),
    "metering": ("app_key", "app_secret"),
    "ship_energy": ("api_key",),
    "exchange": ("key",),
}


class Refused(Exception):
    """Not authenticated; the message says why."""


def load_credentials(path: Path) -> dict[str, dict[str, str]]:
    """Credentials by platform; a missing file or key raises ValueError with what is wanted."""
    if not path.exists():
        raise ValueError(f"credentials file {path} is missing; it holds JSON with {WANTED}")
    found = json.loads(path.read_text(encoding="utf-8"))
    for platform, keys in WANTED.items():
        lacking = [k for k in keys if not found.get(platform, {}).get(k)]
        if lacking:
            raise ValueError(f"{path}: {platform} lacks {', '.join(lacking)}")
    return found


def sm3_hex(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def hmac_sm3_hex(secret: bytes, message: bytes) -> str:
    mac = hmac.HMAC(secret, hashes.SM3())
    mac.update(message)
    return mac.finalize().hex()


def signature(secret: str, method: str, path: str, query: str, timestamp: str, nonce: str, body: bytes = b"") -> str:
    """Signature of a metering request."""
    message = "\n".join((method, path, query, timestamp, nonce, sm3_hex(body)))
    return hmac_sm3_hex(secret.encode(), message.encode())


class Tokens:
    """OAuth2 client credentials: bearer tokens that carry their own expiry, so that a restart forgets none."""

    def __init__(self, client_id: str, client_secret: str) -> None:
        self._id, self._secret = client_id, client_secret

    def grant(self, form: dict[str, Any]) -> dict[str, Any]:
        """Token response for a form; raises Refused."""
        if form.get("grant_type") != "client_credentials":
            raise Refused("grant_type must be client_credentials")
        same_id = constant_time.compare_digest(str(form.get("client_id", "")).encode(), self._id.encode())
        same_secret = constant_time.compare_digest(str(form.get("client_secret", "")).encode(), self._secret.encode())
        if not (same_id and same_secret):
            raise Refused("client_id or client_secret is wrong")
        expiry = str(int(time.time()) + TOKEN_SECONDS)
        token = f"{expiry}.{hmac_sm3_hex(self._secret.encode(), expiry.encode())}"
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}

    def check(self, header: str) -> None:
        """Raises Refused unless the header is ``Bearer`` and a valid, unexpired token."""
        scheme, _, token = header.partition(" ")
        expiry, _, mac = token.partition(".")
        good = scheme.lower() == "bearer" and expiry.isdigit()
        if not good or not constant_time.compare_digest(
            mac.encode(), hmac_sm3_hex(self._secret.encode(), expiry.encode()).encode()
        ):
            raise Refused("the access token is missing or wrong: get one from POST /oauth2/token")
        if int(expiry) < time.time():
            raise Refused("the access token has expired: get a new one from POST /oauth2/token")


def basic_credentials(header: str) -> dict[str, str]:
    """client_id and client_secret of an HTTP Basic header; empty when there is none."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, client_secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": client_id, "client_secret": client_secret}


class Signatures:
    """HMAC-SM3 request signatures with a time limit; a nonce counts once."""

    def __init__(self, app_key: str, app_secret: str) -> None:
        self._key, self._secret = app_key, app_secret
        self._seen: dict[str, float] = {}

    def check(self, method: str, path: str, query: str, headers: Any, body: bytes, pinned: float) -> None:
        """Raises Refused unless signed rightly; the time may be the system's or the server's pinned one."""
        stamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        if headers.get("x-app-key", "") != self._key:
            raise Refused("X-App-Key is missing or unknown")
        if not stamp.isdigit() or min(abs(time.time() - int(stamp)), abs(pinned - int(stamp))) > SIGNATURE_SECONDS:
            raise Refused(f"X-Timestamp must be unix seconds within {SIGNATURE_SECONDS} s of now")
        right = signature(self._secret, method, path, query, stamp, nonce, body)
        if not nonce or not constant_time.compare_digest(right.encode(), headers.get("x-signature", "").encode()):
            raise Refused(
                "X-Signature does not fit: HMAC-SM3 of METHOD, PATH, QUERY, TIMESTAMP, NONCE, SM3HEX(body), by newlines"
            )
        self._once(nonce)

    def _once(self, nonce: str) -> None:
        now = time.monotonic()
        if now - self._seen.get(nonce, -1e9) < 2 * SIGNATURE_SECONDS:
            raise Refused("X-Nonce was used before")
        self._seen[nonce] = now
        if len(self._seen) > 20_000:
            self._seen = {n: t for n, t in self._seen.items() if now - t < 2 * SIGNATURE_SECONDS}
