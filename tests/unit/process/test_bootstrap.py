"""The installer on machines that lack things, simulated by an empty PATH; nothing is installed here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import bootstrap
from infra.process.testing import exported_requirements
from infra.settings import ROOT

BOOTSTRAP = str(ROOT / "infra" / "bootstrap.py")


def bare(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The installer with an empty home and nothing on PATH."""
    env = {"HOME": str(tmp_path), "PATH": str(tmp_path), "LAKE_TOOLS": str(tmp_path / "tools")}
    return subprocess.run([sys.executable, BOOTSTRAP, *words], env=env, capture_output=True, text=True, check=False)


def test_it_needs_the_standard_library_only(tmp_path: Path) -> None:
    base = [sys.base_prefix + "/bin/python3.11", "-I", "-S", BOOTSTRAP]
    done = subprocess.run(base, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "usage" in done.stdout


def test_doctor_names_what_is_missing_and_the_line_that_brings_it(tmp_path: Path) -> None:
    done = bare(tmp_path, "doctor")
    assert done.returncode == 1
    lines = {line.strip().split("  ")[0]: line for line in done.stdout.splitlines()}
    for name, package in (("JDK 17", "openjdk-17"), ("Maven", "maven"), ("Chromium", "chromium"),
                          ("Chinese fonts", "fonts-noto-cjk"), ("git", "git")):  # fmt: skip
        assert "missing" in lines[name] and "apt-get install" in lines[name] and package in lines[name]
    assert "make install" in lines["environment superset"]
    assert not (tmp_path / "tools").exists(), "doctor changes nothing"


def test_where_it_may_not_install_it_stops_at_once_with_the_line_to_run(tmp_path: Path) -> None:
    done = bare(tmp_path, "install")
    assert done.returncode == 1
    assert "apt-get update && " in done.stderr and "openjdk-17-jdk-headless" in done.stderr
    assert not (tmp_path / "tools" / "env").exists()


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('openjdk version "17.0.15" 2025', True),
        ('openjdk version "21" 2023', True),
        ('java version "1.8.0_292"', False),
    ],
)
def test_java_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, known: bool) -> None:
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert bool(bootstrap.find_java()) == known


def test_a_stamp_changes_with_the_lock_and_only_then(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a")
    first = bootstrap.digest(lock, "lake")
    assert bootstrap.digest(lock, "lake") == first
    assert bootstrap.digest(lock, "airflow") != first
    lock.write_text("b")
    assert bootstrap.digest(lock, "lake") != first


def test_requirements_are_those_of_the_lock() -> None:
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8") == exported_requirements()
