"""Published vectors: GB/T 32905 (SM3), GB/T 32918.5 (SM2), RFC 8998 (SM4-GCM)."""

from __future__ import annotations

import pytest
from gmssl import sm3 as other_sm3

from infra.crypto import hmac_sm3_hex, sm3_hex
from infra.crypto.sm2 import KeyPair, digest, generate, public_of, sign, verify
from infra.crypto.sm4 import DecryptionError, seal, unseal

# GB/T 32905-2016, appendix A
SM3_VECTORS = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}
# GB/T 32918.5-2017, appendix A.2: private key, public key, k, and the signature of "message digest"
SM2_PRIVATE = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
SM2_PUBLIC = (
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
SM2_K = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21"
SM2_E = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
SM2_SIGNATURE = (
    "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
# RFC 8998, appendix A.1
GCM_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
GCM_NONCE = bytes.fromhex("00001234567800000000abcd")
GCM_AAD = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
GCM_PLAIN = bytes.fromhex(
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
    "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
)
GCM_CIPHER = (
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
    "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
)
GCM_TAG = "83de3541e4c2b58177e065a9bf7b62ec"


@pytest.mark.parametrize("message", SM3_VECTORS)
def test_sm3(message: bytes) -> None:
    assert sm3_hex(message) == SM3_VECTORS[message]


def test_sm3_agrees_with_another_implementation() -> None:
    data = bytes(range(256)) * 3
    assert sm3_hex(data) == other_sm3.sm3_hash(list(data))


def test_hmac_sm3_is_hmac_over_sm3() -> None:
    key, data = b"k" * 32, b"POST\n/x"
    inner = bytes.fromhex(sm3_hex(bytes(b ^ 0x36 for b in key.ljust(64, b"\0")) + data))
    assert hmac_sm3_hex(key, data) == sm3_hex(bytes(b ^ 0x5C for b in key.ljust(64, b"\0")) + inner)


def test_sm2_public_key() -> None:
    assert public_of(SM2_PRIVATE) == SM2_PUBLIC


def test_sm2_digest() -> None:
    assert digest(SM2_PUBLIC, b"message digest").hex() == SM2_E


def test_sm2_signature() -> None:
    assert sign(KeyPair(SM2_PRIVATE, SM2_PUBLIC), b"message digest", nonce=SM2_K) == SM2_SIGNATURE


def test_sm2_verification() -> None:
    assert verify(SM2_PUBLIC, b"message digest", SM2_SIGNATURE)
    assert not verify(SM2_PUBLIC, b"message digesT", SM2_SIGNATURE)


@pytest.mark.parametrize("bad", ["", "zz", "0" * 128, "f" * 128, SM2_SIGNATURE[:-2], SM2_SIGNATURE + "00"])
def test_sm2_refuses_malformed_signatures(bad: str) -> None:
    assert not verify(SM2_PUBLIC, b"message digest", bad)


def test_sm2_public_key_that_starts_with_04() -> None:
    """gmssl's constructor would strip such a key's leading digits."""
    scalar = next(d for d in range(1, 4000) if public_of(f"{d:064x}").startswith("04"))
    pair = KeyPair(f"{scalar:064x}", public_of(f"{scalar:064x}"))
    assert verify(pair.public, b"x", sign(pair, b"x"))


def test_sm2_new_pairs_differ_and_do_not_verify_each_other() -> None:
    one, other = generate(), generate()
    assert one.private != other.private
    assert not verify(other.public, b"x", sign(one, b"x"))


def test_sm4_gcm() -> None:
    assert seal(GCM_KEY, GCM_PLAIN, GCM_AAD, GCM_NONCE).hex() == GCM_NONCE.hex() + GCM_CIPHER + GCM_TAG
    assert unseal(GCM_KEY, GCM_NONCE + bytes.fromhex(GCM_CIPHER + GCM_TAG), GCM_AAD) == GCM_PLAIN


@pytest.mark.parametrize("place", [0, 12, 40, -1])
def test_sm4_gcm_refuses_a_changed_byte(place: int) -> None:
    sealed = bytearray(seal(GCM_KEY, GCM_PLAIN, GCM_AAD))
    sealed[place] ^= 1
    with pytest.raises(DecryptionError):
        unseal(GCM_KEY, bytes(sealed), GCM_AAD)
