"""SM4-GCM (GB/T 32907, RFC 8998) through OpenSSL: 16-byte key, 12-byte nonce, 16-byte tag."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 16, 12, 16


class DecryptionError(ValueError):
    """The text was changed, cut, or sealed with another key or for another purpose."""


def seal(key: bytes, plain: bytes, purpose: bytes, nonce: bytes = b"") -> bytes:
    """nonce ‖ ciphertext ‖ tag; ``purpose`` is authenticated with it; a given ``nonce`` must never serve two texts."""
    used = nonce or secrets.token_bytes(NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(used)).encryptor()
    encryptor.authenticate_additional_data(purpose)
    return used + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def unseal(key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    """The plain text; DecryptionError if it does not authenticate."""
    if len(sealed) < NONCE_BYTES + TAG_BYTES:
        raise DecryptionError("sealed text is too short")
    nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(purpose)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as error:
        raise DecryptionError("sealed text does not authenticate: changed, or another key or purpose") from error
