"""Ports, settings, secrets and ownership of one lake."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infra.process import credentials, ownership
from infra.process.layout import Layout, SettingsConflict, ensure_settings, free_ports, move_ports, read_settings_env
from infra.settings import Settings


@pytest.fixture
def place(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / "home")
    found.prepare()
    return found


def test_ports_are_given_once_and_kept(place: Layout) -> None:
    first = ensure_settings(place, {})
    assert ensure_settings(place, {}) == first == read_settings_env(place)
    ports = [value.rsplit(":", 1)[1] for value in first.values()]
    assert len(set(ports)) == len(ports) == 9


def test_clients_can_read_what_was_written(place: Layout) -> None:
    values = ensure_settings(place, {"LAKE_WORLD": "small", "LAKE_NOW": "2026-11-22T08:00:00+08:00"})
    read = Settings(_env_file=place.settings_env)
    assert read.spark_remote == values["LAKE_SPARK_REMOTE"]
    assert read.world == "small" and read.now is not None


def test_another_world_in_the_same_home_is_refused(place: Layout) -> None:
    ensure_settings(place, {"LAKE_WORLD": "small"})
    with pytest.raises(SettingsConflict, match=r"LAKE_WORLD=full.*small"):
        ensure_settings(place, {"LAKE_WORLD": "full"})


def test_a_taken_port_moves_and_the_others_stay(place: Layout) -> None:
    before = ensure_settings(place, {})
    move_ports(place, ["LAKE_DOCS_URL"])
    after = read_settings_env(place)
    assert {name for name in before if before[name] != after[name]} == {"LAKE_DOCS_URL"}
    assert after["LAKE_DOCS_URL"] not in before.values()


def test_free_ports_are_free_and_different() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    for port in ports:
        with socket.socket() as one:
            one.bind(("127.0.0.1", port))


def test_secrets_are_generated_once_for_the_owner_only(place: Layout) -> None:
    made = credentials.ensure_secrets(place)
    assert set(made) == set(credentials.GENERATED)
    values = {name: credentials.read(place, name) for name in made}
    assert credentials.ensure_secrets(place) == []
    assert {name: credentials.read(place, name) for name in made} == values
    assert len(set(values.values())) == len(values)
    for path in place.secrets.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.secrets.stat().st_mode) == 0o700


def test_a_long_home_gets_sockets_elsewhere(tmp_path: Path) -> None:
    deep = Layout(tmp_path / ("x" * 100))
    assert len(os.fsencode(deep.sockets / ".s.PGSQL.5432.lock")) <= 107
    assert deep.sockets != Layout(tmp_path / ("y" * 100)).sockets


LISTENER = """
import socket, sys
one = socket.socket(); one.bind(("127.0.0.1", 0)); one.listen()
print(one.getsockname()[1], flush=True); sys.stdin.read()
"""


def test_a_strangers_server_is_not_ours() -> None:
    """The same program, once with our mark in its environment and once without."""
    owners = {}
    for mark in ("ours", "theirs"):
        child = subprocess.Popen(
            [sys.executable, "-c", LISTENER], env={**os.environ, "LAKE_INSTANCE": mark},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        owners[mark] = (child, int(child.stdout.readline()))
    try:
        for mark, (child, port) in owners.items():
            assert ownership.port_answers(port)
            assert ownership.port_owner(port).pid == child.pid
            assert ownership.port_is_ours(port, mark)
        assert not ownership.port_is_ours(owners["theirs"][1], "ours")
        assert [process.pid for process in ownership.owned("ours")] == [owners["ours"][0].pid]
        assert ownership.end_all("ours") == 1
        assert owners["ours"][0].poll() is not None
        assert owners["theirs"][0].poll() is None
    finally:
        for child, _ in owners.values():
            child.communicate()
