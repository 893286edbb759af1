"""Commercial cryptography (GB/T 39786): SM3, SM4-GCM, SM2 behind one provider interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.crypto.digest import hmac_sm3_hex, sm3_file_hex, sm3_hex

if TYPE_CHECKING:
    from infra.crypto.provider import Provider

__all__ = ["hmac_sm3_hex", "provider", "sm3_file_hex", "sm3_hex"]


def provider() -> Provider:
    """The provider in use; imported when first asked for, so that digests cost nothing more."""
    from importlib import import_module

    return import_module("infra.crypto.provider").provider()
