"""SM3 (GB/T 32905-2016) and HMAC-SM3 through OpenSSL; results are lower-case hex."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import constant_time, hashes, hmac

CHUNK = 1 << 20


def sm3_hex(data: bytes) -> str:
    """SM3 of ``data``, 64 hex characters."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def sm3_file_hex(path: Path) -> str:
    """SM3 of a file's bytes, read in pieces; OSError if it cannot be read."""
    digest = hashes.Hash(hashes.SM3())
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.finalize().hex()


def hmac_sm3_hex(key: bytes, data: bytes) -> str:
    """HMAC-SM3 of ``data``, 64 hex characters."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize().hex()


def same(left: str, right: str) -> bool:
    """Compare two hex digests in constant time."""
    return constant_time.bytes_eq(left.encode(), right.encode())
