"""What needs Superset's own packages runs in its environment: field encryption and the Chinese pack."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(os.environ.get("LAKE_TOOLS") or ROOT / ".lake")

FIELDS = """
from superset_assets.runtime.sm4_fields import Sm4GcmEngine
from cryptography.exceptions import InvalidTag
engine = Sm4GcmEngine(); engine._update_key("secret")
cipher = engine.encrypt("密码 and more")
assert cipher.startswith("sm4$") and "密码" not in cipher
assert engine.decrypt(cipher) == "密码 and more"
assert engine.encrypt("密码 and more") != cipher, "a nonce was used twice"
other = Sm4GcmEngine(); other._update_key("another")
try:
    other.decrypt(cipher)
except InvalidTag:
    print("sm4 ok")
"""
PACK = """
import json, yaml
from superset_assets.runtime.language import CORRECTIONS, build_pack, bundled_catalog
corrections = yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8"))
table = build_pack(bundled_catalog(), corrections)["locale_data"]["superset"]
assert table["Summary"] == ["合计"], table["Summary"]
assert len(table) > 2500, len(table)
assert "星期日" not in json.dumps(table["Summary"], ensure_ascii=False)
from babel.messages.pofile import read_po
messages = read_po(bundled_catalog().open("rb"), locale="zh")
guesses = [m.id for m in messages if m.fuzzy and isinstance(m.id, str) and m.id]
kept = [one for one in guesses if one in table and one not in corrections]
assert len(guesses) > 1000 and kept == [], kept[:5]
print("pack ok")
"""


def in_superset(code, tmp_path):
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [TOOLS / "env" / "superset" / "bin" / "python", "-c", code],
        env=kept | {"PYTHONPATH": str(ROOT), "LAKE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_fields_are_sealed_by_sm4_gcm(tmp_path):
    assert "sm4 ok" in in_superset(FIELDS, tmp_path)


def test_no_unreviewed_guess_is_left_in_the_chinese_pack(tmp_path):
    assert "pack ok" in in_superset(PACK, tmp_path)
