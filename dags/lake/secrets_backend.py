"""Secrets backend: connections and variables in one file, sealed with SM4-GCM (GB/T 39786-2021).

The file is Base64 of nonce (12 bytes), tag (16), ciphertext of JSON ``{"connections": {…}, "variables": {…}}``; the
key is 32 hexadecimal digits in a file of its own, mode 0600.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from airflow.secrets import BaseSecretsBackend
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

NONCE, TAG = 12, 16


def seal(content: dict[str, Any], key: bytes) -> bytes:
    """``content`` encrypted and authenticated."""
    nonce = os.urandom(NONCE)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    text = encryptor.update(json.dumps(content, ensure_ascii=False).encode()) + encryptor.finalize()
    return base64.b64encode(nonce + encryptor.tag + text)


def unseal(sealed: bytes, key: bytes) -> dict[str, Any]:
    """The content again; raises cryptography's InvalidTag where a byte was changed or the key is another."""
    raw = base64.b64decode(sealed)
    nonce, tag, text = raw[:NONCE], raw[NONCE : NONCE + TAG], raw[NONCE + TAG :]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    return json.loads(decryptor.update(text) + decryptor.finalize())


class Sm4FileBackend(BaseSecretsBackend):
    """Airflow's connections and variables from the sealed file; an absent file holds none."""

    def __init__(self, path: str, key_file: str, **kwargs: Any):
        super().__init__(**kwargs)
        self.path, self.key_file = Path(path), Path(key_file)

    def _content(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        return unseal(self.path.read_bytes(), bytes.fromhex(self.key_file.read_text().strip()))

    def get_conn_value(self, conn_id: str, team_name: str | None = None) -> str | None:
        """URI or JSON of one connection."""
        return self._content().get("connections", {}).get(conn_id)

    def get_variable(self, key: str, team_name: str | None = None) -> str | None:
        """Value of one variable."""
        return self._content().get("variables", {}).get(key)
