"""Sealing that gives the same text again, so that a table rebuilt from the same rows has the same content.

SM4-GCM whose nonce is HMAC-SM3 of purpose, owner and text: a nonce comes back only with the very same text. What shows
is that one owner's text did not change; two owners of the same text cannot be told from two of different ones.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from infra.crypto import sm4
from infra.crypto.digest import hmac_sm3_hex

SEALED = "sm4gcm"
_NONCE_PURPOSE = b"nonce of repeatable sealing"


@dataclass(frozen=True)
class Sealer:
    """A key version in use. It can be sent to a task elsewhere, which then needs no key file."""

    key_version: int
    key: bytes = field(repr=False)

    def __call__(self, text: str, purpose: str, owner: str) -> str:
        """``sm4gcm:v<key version>:<Base64>``, to be opened by ``provider().decrypt(sealed, purpose)``."""
        nonce_key = bytes.fromhex(hmac_sm3_hex(self.key, _NONCE_PURPOSE))
        whole = json.dumps([purpose, owner, text], ensure_ascii=False).encode()
        nonce = bytes.fromhex(hmac_sm3_hex(nonce_key, whole))[: sm4.NONCE_BYTES]
        return armoured(self.key_version, sm4.seal(self.key, text.encode(), purpose.encode(), nonce))


def armoured(key_version: int, sealed: bytes) -> str:
    """Sealed bytes as text that names scheme and key version."""
    return f"{SEALED}:v{key_version}:{base64.b64encode(sealed).decode('ascii')}"
