"""The software provider: versions, rotation, purposes."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.crypto.keys import KeyStore, MissingKey
from infra.crypto.provider import SoftwareProvider
from infra.crypto.sealing import Sealer
from infra.crypto.sm4 import DecryptionError


@pytest.fixture
def software(tmp_path: Path) -> SoftwareProvider:
    return SoftwareProvider(KeyStore(tmp_path / "secrets"))


def test_keys_are_private_files(software: SoftwareProvider) -> None:
    assert software.keys.ensure_all() == ["sm2_sign", "sm4_data", "hmac_identity"]
    assert software.keys.ensure_all() == []
    assert {p.stat().st_mode & 0o777 for p in software.keys.folder.iterdir()} == {0o600}


def test_signature_outlives_rotation(software: SoftwareProvider) -> None:
    old = software.sign(b"release")
    assert software.keys.create("sm2_sign") == 2
    new = software.sign(b"release")
    assert (old["key_version"], new["key_version"]) == (1, 2)
    assert software.verify(b"release", old)
    assert software.verify(b"release", new)
    assert not software.verify(b"release!", new)
    assert not software.verify(b"release", {**old, "key_version": 2})


def test_a_signature_by_another_key_is_refused_even_if_it_brings_its_own(tmp_path: Path) -> None:
    ours, theirs = (SoftwareProvider(KeyStore(tmp_path / name)) for name in ("ours", "theirs"))
    ours.sign(b"x")
    assert not ours.verify(b"x", theirs.sign(b"x"))


def test_unknown_key_version_names_the_file(software: SoftwareProvider) -> None:
    signature = software.sign(b"x")
    with pytest.raises(MissingKey, match=r"sm2_sign\.v9"):
        software.verify(b"x", {**signature, "key_version": 9})


def test_sealed_text_outlives_rotation_and_is_bound_to_its_purpose(software: SoftwareProvider) -> None:
    sealed = software.encrypt("沪A12345", "vehicle.plate")
    software.keys.create("sm4_data")
    assert software.decrypt(sealed, "vehicle.plate") == "沪A12345"
    assert software.encrypt("沪A12345", "vehicle.plate").startswith("sm4gcm:v2:")
    with pytest.raises(DecryptionError):
        software.decrypt(sealed, "person.name")


@pytest.mark.parametrize("text", ["", "x", "sm4gcm:", "sm4gcm:v1", "sm4gcm:v1:***", "sm4gcm:v1:AAAA"])
def test_what_is_not_sealed_is_refused(software: SoftwareProvider, text: str) -> None:
    software.keys.ensure_all()
    with pytest.raises(DecryptionError):
        software.decrypt(text, "p")


def test_mac_is_stable_and_bound_to_its_purpose(software: SoftwareProvider) -> None:
    assert software.mac("plate", b"1") == software.mac("plate", b"1")
    assert software.mac("plate", b"1")["mac"] != software.mac("name", b"1")["mac"]


def test_every_key_says_what_it_is_for() -> None:
    from infra.crypto.keys import KINDS
    from spark_jobs.commands.keys import USES

    assert set(USES) == set(KINDS)


def test_a_key_of_a_plate_is_the_same_everywhere_and_another_for_another_purpose(software: SoftwareProvider) -> None:
    sealer = software.sealer()
    key = sealer.key_of("沪A12345", "vehicle")
    assert key == f"v1:{software.mac('vehicle', '沪A12345'.encode())['mac']}"
    assert sealer.key_of(" 沪a·12345 ", "vehicle") == key, "as people write it"
    assert sealer.key_of("沪A12345", "trailer") != key
    assert sealer.key_of("沪A12346", "vehicle") != key
    software.keys.create("hmac_identity")
    assert software.sealer().key_of("沪A12345", "vehicle").startswith("v2:")


def test_a_sealer_without_an_identity_key_makes_no_keys() -> None:
    with pytest.raises(ValueError, match="identity key"):
        Sealer(1, b"k" * 16).key_of("沪A12345", "vehicle")
