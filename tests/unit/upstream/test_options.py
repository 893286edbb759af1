"""Command lines, rates, credentials, and the truth file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.upstream.__main__ import main, ports_of
from infra.upstream.auth import hmac_sm3_hex, sm3_hex
from infra.upstream.rates import load_rates
from infra.upstream.truth import main as write_truth
from tests.unit.upstream.conftest import FIXTURES, NOW, ROOT

FIELDS = ["kind", "feed", "business_key", "period", "field", "true_value", "planted_value", "severity_ratio"]


def test_sm3_is_the_standard_s() -> None:
    """GB/T 32905-2016, annex A, example 1."""
    assert sm3_hex(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert len(hmac_sm3_hex(b"key", b"text")) == 64 and hmac_sm3_hex(b"key", b"text") != hmac_sm3_hex(b"kez", b"text")


def test_ports() -> None:
    assert list(ports_of("all", "9000").values()) == [9000, 9001, 9002, 9003, 9004]
    assert list(ports_of("all", "5,6,7,8,9").values()) == [5, 6, 7, 8, 9]
    assert ports_of("metering", "0") == {"metering": 0}
    with pytest.raises(ValueError, match="2 ports for 5"):
        ports_of("all", "1,2")


def test_rates_name_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "rates.yaml"
    path.write_text("reporting: {mistakes: 0.5}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"reporting\.mistakes is unknown; known: late"):
        load_rates(path)
    path.write_text("metering: {gap: 2}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"metering\.gap = 2\.0"):
        load_rates(path)
    assert set(load_rates(FIXTURES / "no_faults.yaml")["reporting"].values()) == {0.0}


def test_missing_credentials_stop_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--credentials", str(tmp_path / "none.json")]) == 2
    assert "none.json is missing" in capsys.readouterr().err
    partial = tmp_path / "partial.json"
    partial.write_text(json.dumps({"reporting": {"client_id": "x"}}), encoding="utf-8")
    assert main(["--port", "0", "--credentials", str(partial)]) == 2
    assert "reporting lacks client_secret" in capsys.readouterr().err


def test_the_truth_file_is_the_same_each_time(tmp_path: Path) -> None:
    options = ["--from", "2026-08-01", "--to", "2026-11-01", "--meter-days", "1", "--meter-to", "2026-10-31"]
    options += ["--world", "small", "--seed", "7", "--now", NOW, "--fault-rates", str(FIXTURES / "many_faults.yaml")]
    texts = []
    for name in ("a.jsonl", "b.jsonl"):
        assert write_truth(["--out", str(tmp_path / name), *options]) == 0
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    lines = [json.loads(line) for line in texts[0].splitlines()]
    assert len(lines) > 300
    assert all(list(line)[:8] == FIELDS and line["window"] for line in lines)
    families = {line["feed"].split(".")[0] for line in lines}
    assert families >= {"reporting", "metering", "ship_energy", "pollutant", "rail"}
    months = {line["window"] for line in lines if line["feed"].startswith("reporting")}
    assert months == {"2026-08", "2026-09", "2026-10"}
    assert not list(tmp_path.glob("*.part"))


def test_the_simulator_knows_nothing_of_the_platform() -> None:
    code = """
import importlib, sys
import infra.upstream.__main__, infra.upstream.truth
from infra.upstream.platforms import APPS
loaded = [importlib.import_module(module) for module, _ in APPS.values()]
assert len(loaded) == 5
print([m for m in sys.modules if m.split(".")[0] in ("spark_jobs", "factor_library") or m == "infra.settings"])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
