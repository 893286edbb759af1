"""Sealing that gives the same text again, so that a table rebuilt from the same rows has the same content.

SM4-GCM whose nonce is HMAC-SM3 of purpose, owner and text: a nonce comes back only with the very same text. What shows
is that one owner's text did not change; two owners of the same text cannot be told from two of different ones.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from functools import cached_property

from infra.crypto import sm4
from infra.crypto.digest import hmac_sm3_hex

SEALED = "sm4gcm"
_SEPARATORS = str.maketrans("", "", " ·•-")
_NONCE_PURPOSE = b"nonce of repeatable sealing"


@dataclass(frozen=True)
class Sealer:
    """A key version in use. It can be sent to a task elsewhere, which then needs no key file."""

    key_version: int
    key: bytes = field(repr=False)
    identity_version: int = 0
    identity_key: bytes = field(default=b"", repr=False)

    def __call__(self, text: str, purpose: str, owner: str) -> str:
        """``sm4gcm:v<key version>:<Base64>``, to be opened by ``provider().decrypt(sealed, purpose)``."""
        whole = json.dumps([purpose, owner, text], ensure_ascii=False).encode()
        nonce = bytes.fromhex(hmac_sm3_hex(self._nonce_key, whole))[: sm4.NONCE_BYTES]
        return armoured(self.key_version, sm4.seal(self.key, text.encode(), purpose.encode(), nonce))

    @cached_property
    def _nonce_key(self) -> bytes:
        return bytes.fromhex(hmac_sm3_hex(self.key, _NONCE_PURPOSE))

    def key_of(self, text: str, purpose: str) -> str:
        """``v<key version>:<HMAC-SM3>``: the same text of one purpose gives the same key everywhere, as ``mac`` does.

        Capitals, spaces and middle dots make no difference. ValueError without an identity key.
        """
        if not self.identity_key:
            raise ValueError(f"a key for {purpose} needs the identity key: take the sealer from provider().sealer()")
        plain = text.translate(_SEPARATORS).upper()
        return f"v{self.identity_version}:{hmac_sm3_hex(self.identity_key, identity_message(purpose, plain.encode()))}"


def identity_message(purpose: str, data: bytes) -> bytes:
    """What the identity key signs: one purpose's keys say nothing of another's."""
    return purpose.encode() + b"\x00" + data


def armoured(key_version: int, sealed: bytes) -> str:
    """Sealed bytes as text that names scheme and key version."""
    return f"{SEALED}:v{key_version}:{base64.b64encode(sealed).decode('ascii')}"
