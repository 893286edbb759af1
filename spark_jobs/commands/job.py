"""Run one step of the path for a feed, source or table over a range of windows."""

from __future__ import annotations

import ast
import importlib
import re
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from spark_jobs.engine import job_run
from spark_jobs.engine.job_run import BAD_DATA, DONE, NOTHING_TO_DO, TRY_AGAIN

WINDOW = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])([T ][0-2]\d(:?[0-5]\d){0,2})?)?)?"
JOBS = Path(__file__).resolve().parents[1] / "jobs"
app = typer.Typer(add_completion=False, help=__doc__)


def steps() -> dict[str, str]:
    """Step → first line of its module's docstring, read without importing."""
    found = {}
    for path in sorted(JOBS.glob("[a-z]*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found[path.stem] = doc.splitlines()[0] if doc else ""
    return found


def _help() -> str:
    """Exit codes and what each step does."""
    listed = "\n\n".join(f"{name}: {text}" for name, text in steps().items())
    codes = "Exit codes: 0 done, 65 bad data (no retry), 75 try again, 99 nothing to do, 2 wrong call."
    return f"{__doc__}\n\n{codes}\n\nSteps:\n\n{listed}"


@app.command(help=_help())
def job(
    step: Annotated[str, typer.Argument(help="one of the steps above")],
    target: Annotated[str, typer.Argument(help="feed (source.entity), source, or table")] = "all",
    window_from: Annotated[str, typer.Option("--from", help="first window, for example 2026-10 or 2026-10-31")] = "",
    window_to: Annotated[str, typer.Option("--to", help="last window, inclusive; default: the first")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="show the traceback of an error")] = False,
) -> None:
    """Exit codes: 0 done, 65 bad data (no retry), 75 try again, 99 nothing to do, 2 wrong call."""
    known = sorted(path.stem for path in JOBS.glob("[a-z]*.py"))
    if step not in known:
        print(f"lake job: no step {step!r}; known: {', '.join(known)}", file=sys.stderr)
        raise typer.Exit(2)
    for option, given in (("--from", window_from), ("--to", window_to)):
        if given and not re.fullmatch(WINDOW, given):
            print(f"lake job: {option} {given!r}: write a month 2026-10 or a day 2026-10-31", file=sys.stderr)
            raise typer.Exit(2)
    window_to = window_to or window_from
    if window_from > window_to:
        print(f"lake job: --from {window_from} lies after --to {window_to}", file=sys.stderr)
        raise typer.Exit(2)
    with job_run.record(step, target, window_from, window_to) as run:
        run.exit_code = _guarded(step, target, window_from, window_to, debug)
    _tell(run)
    raise typer.Exit(run.exit_code)


def _guarded(step: str, target: str, window_from: str, window_to: str, debug: bool) -> int:
    """The step's exit code; an error becomes one clear line and the exit code that fits it."""
    from spark_jobs.engine import session

    module = importlib.import_module(f"spark_jobs.jobs.{step}")
    for last in (False, True):
        try:
            return int(module.run(target, window_from, window_to))
        except Exception as error:
            if session.is_session_lost(error) and not last:
                print("lake job: the Spark server restarted; running the step again", file=sys.stderr)
                continue
            code = TRY_AGAIN if session.is_unreachable(error) or session.is_session_lost(error) else _code_of(error)
            told = str(error).split("JVM stacktrace:")[0].strip() or "(no message)"
            message = f"{type(error).__name__}: {told}"
            job_run.failure("", message[:2000])
            _say(step, target, window_from, window_to, message, debug)
            run = job_run.current()
            if run is not None:
                run.message = message[:2000]
            return code
    return TRY_AGAIN


def _code_of(error: Exception) -> int:
    """An error may carry its exit code; transport trouble may pass; anything else is bad data or a bug: no retry."""
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return code
    return TRY_AGAIN if isinstance(error, (ConnectionError, TimeoutError)) else BAD_DATA


def _say(step: str, target: str, window_from: str, window_to: str, message: str, debug: bool) -> None:
    where = f"{step} {target} {window_from}..{window_to}".rstrip(". ")
    lines = [line for line in message.splitlines() if line.strip() and not line.lstrip().startswith("at ")]
    print(f"lake job: {where}: {' | '.join(lines[:4])[:1200]}", file=sys.stderr)
    if debug:
        traceback.print_exc()
    else:
        print("lake job: the traceback: the same command with --debug", file=sys.stderr)


def _tell(run: job_run.JobRun) -> None:
    words = {DONE: "done", BAD_DATA: "bad data", TRY_AGAIN: "try again", NOTHING_TO_DO: "nothing to do"}
    print(
        f"{run.step} {run.target} {run.window_from}..{run.window_to}: {words.get(run.exit_code, run.exit_code)}, "
        f"rows in {run.rows_in}, out {run.rows_out}, {run.wall_s:.1f} s, failures {len(run.failures)}, run {run.run_id}"
    )
