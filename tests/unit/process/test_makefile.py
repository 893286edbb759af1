"""Every target of the Makefile that calls ``bin/lake`` calls a command that does something, not a group of them."""

from __future__ import annotations

import re
import subprocess

import pytest

from infra.settings import ROOT

CALLS = re.findall(r"^\t@?(bin/lake [^\n;|&]+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_makefile_calls_the_lake() -> None:
    assert "bin/lake docs build" in CALLS


@pytest.mark.parametrize("call", CALLS)
def test_a_called_command_is_whole(call: str) -> None:
    shown = subprocess.run([*call.split(), "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert "COMMAND [ARGS]" not in shown.stdout
