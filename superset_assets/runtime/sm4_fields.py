"""SM4-GCM for the fields Superset stores encrypted (database passwords and the like).

Stored form: ``sm4$`` and base64 of nonce (12 bytes), tag (16 bytes) and ciphertext. The key is the first 16 bytes of
SM3 over the secret key, so that it can be derived again from the secret file alone.
"""

from __future__ import annotations

import base64
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy_utils.types.encrypted.encrypted_type import EncryptionDecryptionBaseEngine
from superset.utils.encrypt import AbstractEncryptedFieldAdapter, EncryptedType

PREFIX = "sm4$"
NONCE_BYTES, TAG_BYTES, KEY_BYTES = 12, 16, 16


def sm3(data: bytes) -> bytes:
    """SM3 digest (32 bytes)."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


class Sm4GcmEngine(EncryptionDecryptionBaseEngine):
    """Engine of sqlalchemy-utils' encrypted type."""

    def _update_key(self, key: str | bytes) -> None:
        raw = key.encode() if isinstance(key, str) else key
        self._initialize_engine(sm3(raw)[:KEY_BYTES])

    def _initialize_engine(self, parent_class_key: bytes) -> None:
        self.secret_key = parent_class_key

    def encrypt(self, value: Any) -> str:
        text = value if isinstance(value, str) else str(value)
        nonce = os.urandom(NONCE_BYTES)
        cipher = Cipher(algorithms.SM4(self.secret_key), modes.GCM(nonce)).encryptor()
        body = cipher.update(text.encode()) + cipher.finalize()
        return PREFIX + base64.b64encode(nonce + cipher.tag + body).decode()

    def decrypt(self, value: str) -> str:
        raw = base64.b64decode(value.removeprefix(PREFIX))
        nonce, tag = raw[:NONCE_BYTES], raw[NONCE_BYTES : NONCE_BYTES + TAG_BYTES]
        cipher = Cipher(algorithms.SM4(self.secret_key), modes.GCM(nonce, tag)).decryptor()
        return (cipher.update(raw[NONCE_BYTES + TAG_BYTES :]) + cipher.finalize()).decode()


class Sm4FieldAdapter(AbstractEncryptedFieldAdapter):
    """Given to ``SQLALCHEMY_ENCRYPTED_FIELD_TYPE_ADAPTER``."""

    def create(self, app_config: dict[str, Any] | None, *args: Any, **kwargs: Any) -> Any:
        if app_config is None:
            raise ValueError("Sm4FieldAdapter needs the application's configuration for its key")
        return EncryptedType(*args, lambda: app_config["SECRET_KEY"], engine=Sm4GcmEngine, **kwargs)
