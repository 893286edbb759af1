"""Tools that only a cluster needs: ``python infra/deploy/install.py ansible | minio``; a second run does nothing.

``ansible`` is the locked environment from which ``site.yml`` is rolled out. ``minio`` builds the object store's server
from its source at a pinned version, with Go, since its makers publish no more binaries of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from infra.bootstrap import install_environment, say, tools_home

MINIO = "github.com/minio/minio"
MINIO_VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"
GO_MISSING = "Go 1.24 or newer is missing (it builds the MinIO server); run: apt-get install -y golang-go"


def minio_version(program: Path) -> str:
    """Version that a MinIO server was built from; empty where there is none."""
    go = shutil.which("go")
    if go is None or not program.exists():
        return ""
    told = subprocess.run([go, "version", "-m", str(program)], capture_output=True, text=True, check=False).stdout
    lines = [line.split() for line in told.splitlines()]
    return next((words[2] for words in lines if words[:2] == ["mod", MINIO]), "")


def install_minio() -> bool:
    """Build the server below ``LAKE_TOOLS``; False where it was there. SystemExit names what is missing."""
    folder = tools_home() / "minio"
    if minio_version(folder / "minio") == MINIO_VERSION:
        return False
    go = shutil.which("go")
    if go is None:
        raise SystemExit(GO_MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    say("building the MinIO server, some minutes …")
    env = os.environ | {"GOBIN": str(folder), "CGO_ENABLED": "0"}
    argv = [go, "install", "-trimpath", "-ldflags=-s -w", f"{MINIO}@{MINIO_VERSION}"]
    if subprocess.run(argv, env=env, check=False).returncode:
        raise SystemExit(f"the build failed; to repeat: GOBIN={folder} {' '.join(argv)}")
    return True


STEPS = {"ansible": lambda: install_environment("deploy"), "minio": install_minio}


def main(argv: list[str]) -> int:
    """Install what is named; exit 2 on anything else."""
    if len(argv) != 1 or argv[0] not in STEPS:
        say(f"usage: install.py {' | '.join(STEPS)}")
        return 2
    say(f"{argv[0]}: {'installed' if STEPS[argv[0]]() else 'already there'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
