"""SM2 signatures (GB/T 32918.2-2016) over SM3, on gmssl's curve arithmetic; keys and signatures are lower-case hex.

gmssl is given its public key as an attribute: its constructor strips leading ``0`` and ``4`` digits of a key that
starts with ``04``. It does not check the range of a signature either; both are done here. The message digest comes from
OpenSSL, as gmssl's own SM3 is thousands of times slower.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from gmssl import sm2

from infra.crypto.digest import sm3_hex

USER_ID = b"1234567812345678"  # the default identity of GB/T 32918.2
_CURVE = sm2.default_ecc_table
_N = int(_CURVE["n"], 16)
HEX = 64


@dataclass(frozen=True)
class KeyPair:
    """``private``: 64 hex digits; ``public``: x and y, 128 hex digits, without prefix."""

    private: str
    public: str


def _engine(private: str, public: str) -> sm2.CryptSM2:
    engine = sm2.CryptSM2(private_key=private, public_key="")
    engine.public_key = public
    return engine


def _random_scalar() -> str:
    return f"{secrets.randbelow(_N - 2) + 1:064x}"


def public_of(private: str) -> str:
    """The public key that belongs to a private one; ValueError if the scalar is out of range."""
    scalar = int(private, 16)
    if not 0 < scalar < _N - 1:
        raise ValueError("SM2 private key out of range")
    return _engine(private, "")._kg(scalar, _CURVE["g"]).lower()


def generate() -> KeyPair:
    """A new key pair from the system's random source."""
    private = _random_scalar()
    return KeyPair(private, public_of(private))


def digest(public: str, data: bytes, user_id: bytes = USER_ID) -> bytes:
    """e = SM3(Z ‖ M): what is signed; Z binds identity, curve and public key."""
    parts = "".join((_CURVE["a"], _CURVE["b"], _CURVE["g"], public))
    z = sm3_hex((len(user_id) * 8).to_bytes(2, "big") + user_id + bytes.fromhex(parts))
    return bytes.fromhex(sm3_hex(bytes.fromhex(z) + data))


def sign(key: KeyPair, data: bytes, nonce: str = "") -> str:
    """Signature r ‖ s, 128 hex digits; ``nonce`` is for known-answer tests only."""
    e = digest(key.public, data)
    while True:
        signature = _engine(key.private, key.public).sign(e, nonce or _random_scalar())
        if signature:
            return signature


def verify(public: str, data: bytes, signature: str) -> bool:
    """Is this the signature of ``data`` by the holder of ``public``? False for anything malformed."""
    try:
        r, s = int(signature[:HEX], 16), int(signature[HEX:], 16)
        if len(signature) != 2 * HEX or not (0 < r < _N and 0 < s < _N):
            return False
        return bool(_engine("", public).verify(signature, digest(public, data)))
    except (ValueError, TypeError):
        return False
