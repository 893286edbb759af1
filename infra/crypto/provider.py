"""The interface that callers use, and its two sides: software here, the cloud's services by ``register``.

The cloud's password service is adapted by a class with the same methods: ``sign``/``verify`` to its sign-and-verify
service, ``encrypt``/``decrypt`` to its database encryption, keys staying there and ``key_version`` being its key's
version; ``digest`` and ``mac`` stay local. ``register("cloud", factory)`` and ``LAKE_CRYPTO=cloud`` select it; nothing
that calls ``provider()`` changes.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from typing import Any, Protocol

from infra.crypto import sm2, sm4
from infra.crypto.digest import hmac_sm3_hex, sm3_hex
from infra.crypto.keys import KeyStore
from infra.crypto.sealing import SEALED, Sealer, armoured, identity_message
from infra.settings import settings

ALGORITHM = "SM2-SM3"


class Provider(Protocol):
    """What the platform asks of cryptography; digests, keys and signatures are lower-case hex."""

    def digest(self, data: bytes) -> str:
        """SM3 of ``data``."""

    def mac(self, purpose: str, data: bytes) -> dict[str, Any]:
        """HMAC-SM3 under the identity key, bound to ``purpose``: ``{"mac", "key_version"}``."""

    def sign(self, data: bytes) -> dict[str, Any]:
        """``{"algorithm", "key_version", "public_key", "value"}``."""

    def verify(self, data: bytes, signature: dict[str, Any]) -> bool:
        """Does the signature fit the data under the key version it names?"""

    def encrypt(self, text: str, purpose: str) -> str:
        """Sealed text with its key version; ``purpose`` must be given again to open it."""

    def sealer(self) -> Sealer:
        """Sealing that gives the same text again (``decrypt`` opens it), and keys of texts, under the keys in use."""

    def decrypt(self, sealed: str, purpose: str) -> str:
        """The text; ``sm4.DecryptionError`` if it was changed or sealed for another purpose."""


class SoftwareProvider:
    """Keys in files, SM3 and SM4 by OpenSSL, SM2 by gmssl. Keys are made at first use."""

    def __init__(self, keys: KeyStore) -> None:
        self.keys = keys

    def digest(self, data: bytes) -> str:
        return sm3_hex(data)

    def mac(self, purpose: str, data: bytes) -> dict[str, Any]:
        version, key = self._key("hmac_identity")
        return {"mac": hmac_sm3_hex(key, identity_message(purpose, data)), "key_version": version}

    def _key(self, name: str) -> tuple[int, bytes]:
        """A key in use and its version."""
        version = self.keys.current(name)
        return version, bytes.fromhex(self.keys.read(name, version))

    def _pair(self, version: int) -> sm2.KeyPair:
        return sm2.KeyPair(**json.loads(self.keys.read("sm2_sign", version)))

    def sign(self, data: bytes) -> dict[str, Any]:
        version = self.keys.current("sm2_sign")
        pair = self._pair(version)
        value = sm2.sign(pair, data)
        return {"algorithm": ALGORITHM, "key_version": version, "public_key": pair.public, "value": value}

    def verify(self, data: bytes, signature: dict[str, Any]) -> bool:
        """Against the store's key, not the one the signature brings; MissingKey if that version is not here."""
        if signature.get("algorithm") != ALGORITHM or not isinstance(signature.get("key_version"), int):
            return False
        pair = self._pair(signature["key_version"])
        same = signature.get("public_key", pair.public) == pair.public
        return same and sm2.verify(pair.public, data, str(signature.get("value", "")))

    def encrypt(self, text: str, purpose: str) -> str:
        current = self.sealer()
        return armoured(current.key_version, sm4.seal(current.key, text.encode(), purpose.encode()))

    def sealer(self) -> Sealer:
        return Sealer(*self._key("sm4_data"), *self._key("hmac_identity"))

    def decrypt(self, sealed: str, purpose: str) -> str:
        scheme, _, rest = sealed.partition(":")
        version, _, body = rest.partition(":")
        if scheme != SEALED or not version[1:].isdigit():
            raise sm4.DecryptionError("not a sealed text")
        key = bytes.fromhex(self.keys.read("sm4_data", int(version[1:])))
        try:
            raw = base64.b64decode(body, validate=True)
        except ValueError as error:
            raise sm4.DecryptionError("not a sealed text") from error
        return sm4.unseal(key, raw, purpose.encode()).decode()


_SIDES: dict[str, Callable[[], Provider]] = {"software": lambda: SoftwareProvider(KeyStore(settings().run / "secrets"))}


def register(name: str, factory: Callable[[], Provider]) -> None:
    """Add a side, for example the cloud's password service."""
    _SIDES[name] = factory


def provider() -> Provider:
    """The side that ``LAKE_CRYPTO`` names (default software); KeyError lists the known ones."""
    name = os.environ.get("LAKE_CRYPTO", "software")
    if name not in _SIDES:
        raise KeyError(f"LAKE_CRYPTO={name}: known providers: {', '.join(_SIDES)}")
    return _SIDES[name]()
