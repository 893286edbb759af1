"""Run the benches that stand in ``tests/bench``, one after the other, each alone on the machine.

    python -m infra.process.bench [NAME…]      without names: all

A bench is a program that prints a table and exits 0; where it compares, both sides run in the same process and the
table shows their ratio, because times of different runs on a shared machine say little. A bench that needs a loaded
lake (``make run``) says so and exits 3.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

from infra.settings import ROOT

BENCHES = ROOT / "tests" / "bench"
NEEDS_A_LAKE = 3


def benches(names: list[str]) -> list[Path]:
    """The chosen bench files; SystemExit names the known ones where a name is wrong."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(BENCHES.glob("bench_*.py"))}
    wrong = [name for name in names if name not in known]
    if wrong or not known:
        raise SystemExit(f"no bench {', '.join(wrong)}; known: {', '.join(known)}")
    return [known[name] for name in names or known]


def main(names: list[str]) -> int:
    """Run them; exit 1 where one failed."""
    failed = []
    for path in benches(names):
        title = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or path.stem).splitlines()[0]
        print(f"\n=== {path.stem.removeprefix('bench_')}: {title}", flush=True)
        start = time.monotonic()
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        code = subprocess.run([sys.executable, str(path)], cwd=ROOT, env=env, check=False).returncode
        if code == NEEDS_A_LAKE:
            print("(left out: needs a loaded lake; run: make run)")
        elif code:
            failed.append(path.stem)
        print(f"({time.monotonic() - start:.0f} s)", flush=True)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
