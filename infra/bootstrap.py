"""Install what a machine lacks, then the three locked environments and the jars.

Needs nothing but Python 3.11's standard library, because it runs before anything is installed.

    python3.11 infra/bootstrap.py install    install what is missing; a second run does nothing
    python3.11 infra/bootstrap.py doctor     show the same without changing anything; exit 1 where something is missing

System packages are installed with apt (as root, after saying so) and uv with pip. Where that is not allowed the
command stops before doing anything else and prints the exact line to run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUPS = ("lake", "airflow", "superset")
JAVA_MIN = 17


def tools_home(environ: Mapping[str, str] = os.environ) -> Path:
    """``LAKE_TOOLS``, by default ``.lake`` in the checkout; a relative path is taken from the checkout."""
    return (ROOT / environ.get("LAKE_TOOLS", ".lake")).resolve()


@dataclass(frozen=True)
class Need:
    """One thing the machine must have: how to see it, and the Debian packages that bring it."""

    name: str
    why: str
    find: Callable[[], str | None]
    apt: tuple[str, ...] = ()


def _version(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip() if done.returncode == 0 else ""


def find_java() -> str | None:
    """Path and version of a Java of at least 17 (``JAVA_HOME`` first), else None."""
    home = os.environ.get("JAVA_HOME")
    for java in filter(None, (home and f"{home}/bin/java", shutil.which("java"))):
        found = re.search(r'version "(\d+)[^"]*"', _version([java, "-version"]) if os.access(java, os.X_OK) else "")
        if found and int(found.group(1)) >= JAVA_MIN:
            return f"{java} ({found.group(1)})"
    return None


def find_chromium() -> str | None:
    """Path of a Chromium or Chrome, else None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def find_chinese_font() -> str | None:
    """A font that fontconfig offers for Chinese, else None."""
    if not shutil.which("fc-list"):
        return None
    lines = _version(["fc-list", ":lang=zh", "family"]).splitlines()
    return lines[0] if lines else None


def find_uv() -> str | None:
    """Path of a working uv: on PATH, or the one this script installed below ``LAKE_TOOLS``."""
    for uv in (shutil.which("uv"), str(tools_home() / "uv" / "bin" / "uv")):
        if uv and os.access(uv, os.X_OK) and _version([uv, "--version"]):
            return uv
    return None


SYSTEM_NEEDS = (
    Need("git", "version of the code in each release", lambda: shutil.which("git"), ("git",)),
    Need("JDK 17", "Spark", find_java, ("openjdk-17-jdk-headless",)),
    Need("Maven", "the jars of Spark and Delta", lambda: shutil.which("mvn"), ("maven",)),
    Need("Chromium", "browser tests and screenshots", find_chromium, ("chromium",)),
    Need("Chinese fonts", "charts and maps in Chinese", find_chinese_font, ("fonts-noto-cjk", "fontconfig")),
)


def digest(*parts: str | Path) -> str:
    """SHA-256 over texts and file contents: the stamp of what was installed from them."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        sha.update(b"\0")
    return sha.hexdigest()


def environment_stamp(group: str) -> str:
    """Stamp of one environment: the lock, the group's name and the Python that carries it."""
    return digest(ROOT / "uv.lock", group, sys.version)


def jars_stamp() -> str:
    """Stamp of the jars: the pom."""
    return digest(ROOT / "infra" / "spark" / "pom.xml")


def stamped(folder: Path, stamp: str) -> bool:
    """Whether ``folder`` was completed with ``stamp``."""
    mark = folder / ".installed"
    return mark.exists() and mark.read_text() == stamp


def python_missing() -> str | None:
    """Why this interpreter does not do, with the line that mends it; None where it does."""
    if sys.version_info[:2] != (3, 11):
        return "Python 3.11 is needed; run: apt-get install -y python3.11 (then: make PYTHON=python3.11 …)"
    return None


def apt_line(missing: list[Need]) -> str:
    """The one shell line that installs the Debian packages of ``missing``."""
    packages = " ".join(package for need in missing for package in need.apt)
    return f"apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {packages}"


def say(text: str) -> None:
    """One line to the terminal, at once."""
    print(text, flush=True)


def run(argv: list[str], **env: str) -> None:
    """Run a command with byte-code compilation allowed; a failure ends the installation and names the command."""
    child = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | env
    done = subprocess.run(argv, cwd=ROOT, env=child, check=False)
    if done.returncode:
        raise SystemExit(f"bootstrap: failed (exit {done.returncode}); to repeat: {' '.join(argv)}")


def install_system() -> None:
    """Install missing Debian packages after saying so; stop with the exact line where that is not allowed."""
    missing = [need for need in SYSTEM_NEEDS if not need.find()]
    if not missing:
        return
    line = apt_line(missing)
    names = ", ".join(f"{need.name} ({need.why})" for need in missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        prefix = "sudo sh -c '" if os.geteuid() != 0 else ""
        raise SystemExit(f"bootstrap: missing: {names}\nrun: {prefix}{line}{chr(39) if prefix else ''}")
    say(f"installing with apt: {names}\n  {line}")
    run(["sh", "-c", line])
    left = [need.name for need in missing if not need.find()]
    if left:
        raise SystemExit(f"bootstrap: still missing after apt-get: {', '.join(left)}; see `make doctor`")


def install_uv() -> str:
    """Path of uv; installed with pip below ``LAKE_TOOLS`` where the machine has none."""
    uv = find_uv()
    if uv:
        return uv
    target = tools_home() / "uv"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target), "uv"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise SystemExit("bootstrap: uv and pip are missing\nrun: sudo apt-get install -y python3-pip")
        say("installing with apt: python3-pip (brings uv)")
        run(["sh", "-c", "apt-get update && apt-get install -y --no-install-recommends python3-pip"])
    say(f"installing with pip: uv (locked environments) into {target}")
    run(pip)
    found = find_uv()
    if not found:
        raise SystemExit(f"bootstrap: uv does not start from {target}; to repeat: {' '.join(pip)}")
    return found


def install_environment(group: str) -> bool:
    """Sync one locked environment and compile its byte code; False where it was already complete."""
    target = tools_home() / "env" / group
    stamp = environment_stamp(group)
    if stamped(target, stamp):
        return False
    argv = [install_uv(), "sync", "--frozen", "--group", group, "--python", sys.executable]
    argv += ["--compile-bytecode", "--quiet"]
    run(argv, UV_PROJECT_ENVIRONMENT=str(target), UV_PYTHON_DOWNLOADS="never", UV_LINK_MODE="copy")
    (target / ".installed").write_text(stamp)
    return True


def install_jars() -> bool:
    """Copy the jars of ``infra/spark/pom.xml``; swapped in whole; False where they were already complete."""
    target = tools_home() / "jars"
    if stamped(target, jars_stamp()):
        return False
    fresh = target.with_name("jars.new")
    shutil.rmtree(fresh, ignore_errors=True)
    pom = str(ROOT / "infra" / "spark" / "pom.xml")
    run(["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={fresh}"])
    (fresh / ".installed").write_text(jars_stamp())
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def install() -> None:
    """Everything, in order, one line each; nothing that is already there is done again."""
    steps: list[tuple[str, Callable[[], bool]]] = [
        *((f"environment {group}", lambda group=group: install_environment(group)) for group in GROUPS),
        ("jars", install_jars),
    ]
    wrong = python_missing()
    if wrong:
        raise SystemExit(f"bootstrap: {wrong}")
    tools = tools_home()
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_system()
        install_uv()
        for number, (name, step) in enumerate(steps, 1):
            say(f"install [{number}/{len(steps)}] {name} …")
            start = time.monotonic()
            done = step()
            took = f"installed in {time.monotonic() - start:.0f} s" if done else "already there"
            say(f"install [{number}/{len(steps)}] {name}: {took}")


def doctor() -> int:
    """Show what is there and what is missing, with the line that brings it; changes nothing."""
    rows: list[tuple[str, str | None, str]] = [
        ("Python 3.11", None if python_missing() else sys.executable, python_missing() or ""),
        *((need.name, need.find(), apt_line([need])) for need in SYSTEM_NEEDS),
        ("uv", find_uv(), "make install"),
    ]
    for group in GROUPS:
        there = stamped(tools_home() / "env" / group, environment_stamp(group))
        rows.append((f"environment {group}", "as locked" if there else None, "make install"))
    there = stamped(tools_home() / "jars", jars_stamp())
    rows.append(("jars", "as in infra/spark/pom.xml" if there else None, "make install"))
    width = max(len(name) for name, _, _ in rows)
    for name, found, mend in rows:
        say(f"  {name:<{width}}  {'ok       ' + found if found else 'missing  run: ' + mend}")
    missing = sum(found is None for _, found, _ in rows)
    say(f"{missing} missing" if missing else "nothing is missing")
    return 1 if missing else 0


def main(argv: list[str]) -> int:
    """``install`` or ``doctor``; exit 2 on anything else."""
    if argv == ["install"]:
        install()
        return 0
    if argv == ["doctor"]:
        return doctor()
    say("usage: bootstrap.py install | doctor")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
