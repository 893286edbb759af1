"""The audit log: every way to tamper with it is found at the first line it touches."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from superset_assets.runtime.audit_chain import AuditChain, broken_links

KEY = b"0123456789abcdef"


@pytest.fixture
def log(tmp_path):
    chain = AuditChain(tmp_path / "audit.jsonl", KEY)
    for number in range(5):
        chain.append({"action": "login", "user": f"用户{number}"})
    return chain.path


def test_an_untouched_log_is_whole(log):
    assert list(broken_links(log, KEY)) == []
    assert len(log.read_text(encoding="utf-8").splitlines()) == 5


def rewrite(log, change):
    lines = log.read_text(encoding="utf-8").splitlines()
    log.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")


def test_a_changed_line(log):
    rewrite(log, lambda lines: [lines[0].replace("用户0", "别人"), *lines[1:]])
    assert next(broken_links(log, KEY)) == (1, "content does not match its mac")


def test_a_removed_line(log):
    rewrite(log, lambda lines: [*lines[:2], *lines[3:]])
    assert list(broken_links(log, KEY)) == [(3, "does not continue the line before")]


def test_two_lines_exchanged(log):
    rewrite(log, lambda lines: [lines[0], lines[2], lines[1], *lines[3:]])
    assert next(broken_links(log, KEY))[0] == 2


def test_a_line_forged_without_the_key(log, tmp_path):
    forged = AuditChain(tmp_path / "other.jsonl", b"another key")
    forged.append({"action": "login", "user": "x"})
    rewrite(log, lambda lines: [*lines, (tmp_path / "other.jsonl").read_text().strip()])
    assert {line for line, _ in broken_links(log, KEY)} == {6}


def test_a_torn_last_line(log):
    log.write_text(log.read_text(encoding="utf-8") + '{"action": "lo', encoding="utf-8")
    assert list(broken_links(log, KEY)) == [(6, "not a complete audit line")]


def test_writers_at_once_keep_one_chain(tmp_path):
    chain = AuditChain(tmp_path / "audit.jsonl", KEY)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: chain.append({"n": n}, durable=False), range(200)))
    assert list(broken_links(chain.path, KEY)) == []
    assert sorted(json.loads(line)["n"] for line in chain.path.read_text().splitlines()) == list(range(200))
