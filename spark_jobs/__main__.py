"""``bin/lake``: finds the sub-command's module by its name and imports only that one."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

import typer

COMMANDS = Path(__file__).parent / "commands"


def _available() -> dict[str, str]:
    """Sub-command name → first docstring line, read without importing."""
    found = {}
    for path in sorted(COMMANDS.glob("[a-z]*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem.replace("_", "-")] = doc.splitlines()[0] if doc else ""
    return found


def _usage() -> str:
    rows = _available()
    width = max(map(len, rows), default=4)
    lines = [f"  {name:<{width}}  {text}" for name, text in rows.items()]
    return "\n".join(["usage: lake COMMAND [ARGS]   (lake COMMAND --help)", "", *lines])


def main() -> None:
    """Dispatch; an unknown command exits 2 and names the known ones."""
    if len(sys.argv) < 2 or sys.argv[1] in {"-h", "--help", "help"}:
        print(_usage())
        return
    name = sys.argv[1]
    if name not in _available():
        print(f"lake: no command {name!r}\n\n{_usage()}", file=sys.stderr)
        raise SystemExit(2)
    module = importlib.import_module(f"spark_jobs.commands.{name.replace('-', '_')}")
    sys.argv = [f"lake {name}", *sys.argv[2:]]
    app = module.app
    if isinstance(app, typer.Typer):
        app(prog_name=f"lake {name}")
    else:
        whole = typer.Typer(add_completion=False)
        whole.command()(app)
        whole(prog_name=f"lake {name}")


if __name__ == "__main__":
    main()
