"""Check every chain from landing to what is served; the first broken link of each kind is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from infra.crypto import sm3_file_hex
from infra.crypto.provider import provider
from spark_jobs.provenance import release as releases
from spark_jobs.provenance.release import DamagedRelease, Release


@dataclass(frozen=True)
class Check:
    """One thing that was checked; ``broken`` is empty where it holds."""

    kind: str
    name: str
    broken: str = ""


def check_release(release: Release) -> Iterator[Check]:
    """Signature, file hash, and the content hash of each mart, in the order in which one relies on the other."""
    name = release.release_id
    signature = release.facts.get(releases.SIGNATURE)
    if not isinstance(signature, dict):
        yield Check("signature", name, f"{release.folder / 'release.json'} is not signed")
        return
    try:
        signed = provider().verify(releases.canonical(release.facts), signature)
    except (OSError, KeyError) as error:
        yield Check("signature", name, f"{release.folder / 'release.json'}: the key it names cannot be read: {error}")
        return
    yield Check(
        "signature", name, "" if signed else f"{release.folder / 'release.json'}: the SM2 signature does not fit"
    )
    if not release.file.exists():
        yield Check("file", name, f"{release.file} is missing")
        return
    same = sm3_file_hex(release.file) == release.facts["file_sm3"]
    yield Check("file", name, "" if same else f"{release.file}: SM3 differs from release.json")
    yield from check_marts(release.facts, str(release.file))
    yield from check_heads(release)


def check_heads(release: Release) -> Iterator[Check]:
    """Landing still holds every manifest line that was the head of its window when the release was signed."""
    from spark_jobs.ingest.landing import MANIFEST, Landing
    from spark_jobs.ingest.manifest import ManifestError, read_entries

    root = Landing().root
    for place, head in sorted((release.facts.get("chain_heads") or {}).items()):
        feed, window = place.split(" ", 1)
        path = root.joinpath(*feed.split(".", 1), window, MANIFEST)
        try:
            held = any(entry.hash == head for entry in read_entries(path))
        except ManifestError as error:
            yield Check("heads", place, str(error))
            continue
        fault = f"{path}: release {release.release_id} signed a line {head} that is no longer there"
        yield Check("heads", place, "" if held else fault)


def check_marts(facts: dict, file: str) -> Iterator[Check]:
    """Content hash and rows of each mart in ``file`` against release.json."""
    try:
        connection = duckdb.connect(file, read_only=True)
    except duckdb.Error as error:
        yield Check("mart", file, f"{file} cannot be opened: {releases.first_line(error)}")
        return
    with connection:
        try:
            connection.execute("set TimeZone = 'Asia/Shanghai'")
            grains = dict(connection.execute("select mart, grain from ops_release_mart").fetchall())
        except duckdb.Error as error:
            yield Check("mart", file, f"{file} cannot be read: {releases.first_line(error)}")
            return
        for mart, expected in sorted(facts["marts"].items()):
            if mart not in grains:
                yield Check("mart", mart, f"{file}: {mart} is missing")
                continue
            try:
                same = releases.mart_sm3(connection, mart, grains[mart]) == expected["sm3"]
            except duckdb.Error as error:
                yield Check("mart", mart, f"{file}: {mart} cannot be read: {releases.first_line(error)}")
                continue
            yield Check("mart", mart, "" if same else f"{file}: rows of {mart} differ from release.json")


def check_current() -> Iterator[Check]:
    """What is served is a release that exists, row by row."""
    file = releases.current_file()
    try:
        current = releases.current_release_id()
        if current is None:
            return
        facts = releases.load(current).facts
    except DamagedRelease as error:
        yield Check("current", file.name, str(error))
        return
    except FileNotFoundError as error:
        yield Check("current", file.name, f"{file} serves a release that is not there: {error}")
        return
    for check in check_marts(facts, str(file)):
        yield Check("current", check.name, check.broken)


def check_all() -> Iterator[Check]:
    """Payload chains, then releases from the oldest, then what is served."""
    from spark_jobs.provenance.chains import broken_chains, chain_count

    broken = list(broken_chains())
    for place, text in broken:
        yield Check("chain", place, text)
    for _ in range(chain_count() - len(broken)):
        yield Check("chain", "")
    for release_id in releases.release_ids():
        try:
            release = releases.load(release_id)
        except DamagedRelease as error:
            yield Check("signature", release_id, str(error))
            continue
        yield from check_release(release)
    yield from check_current()
