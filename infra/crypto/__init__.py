"""Commercial cryptography (GB/T 39786): SM3, SM4-GCM, SM2 behind one provider interface."""

from infra.crypto.digest import hmac_sm3_hex, sm3_file_hex, sm3_hex

__all__ = ["hmac_sm3_hex", "sm3_file_hex", "sm3_hex"]
