"""Run a model on a file: lake model NAME --in FILE --out FILE; --list; NAME --help."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import typer

from spark_jobs.model_cli.files import read_table, write_table
from spark_jobs.model_cli.help import catalogue, model_help
from spark_jobs.models.frame import DEFAULT_TZ, REASON, InputError, Model, Option
from spark_jobs.models.registry import UnknownModelError, model, models

USAGE = "usage: lake model NAME --in FILE --out FILE [--tz ZONE] …   lake model NAME --help   lake model --list"
EXIT_USAGE, EXIT_DATA = 2, 65

app = typer.Typer(add_completion=False)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
def main(context: typer.Context) -> None:
    """Dispatch: list, help, or run."""
    arguments = list(context.args)
    if not arguments or arguments[0] in {"--help", "-h"}:
        print(f"{USAGE}\n\n{catalogue(list(models().values()))}")
        return
    if arguments[0] == "--list":
        print(catalogue(list(models().values())))
        return
    if arguments[0].startswith("-"):
        _stop(EXIT_USAGE, f"the model's name comes first\n{USAGE}")
    try:
        chosen = model(arguments[0])
    except UnknownModelError as error:
        _stop(EXIT_USAGE, str(error.args[0]))
    if {"--help", "-h"} & set(arguments[1:]):
        print(model_help(chosen))
        return
    _run(chosen, _parse(chosen, arguments[1:]))


def _stop(code: int, message: str) -> None:
    print(f"lake model: {message}", file=sys.stderr)
    raise SystemExit(code)


def _parse(chosen: Model, arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"lake model {chosen.name}", add_help=False, allow_abbrev=False)
    parser.add_argument("--in", dest="in_path", type=Path, required=True, metavar="FILE")
    parser.add_argument("--out", dest="out_path", type=Path, required=True, metavar="FILE")
    parser.add_argument("--tz", default=DEFAULT_TZ, metavar="ZONE")
    for option in chosen.options:
        _add_option(parser, option)
    return parser.parse_args(arguments)


def _add_option(parser: argparse.ArgumentParser, option: Option) -> None:
    flag = f"--{option.name.replace('_', '-')}"
    if option.kind == "flag":
        parser.add_argument(flag, dest=option.name, action="store_true", default=bool(option.default))
        return
    kind = {"integer": int, "number": float, "text": str, "file": Path}[option.kind]
    parser.add_argument(
        flag,
        dest=option.name,
        type=kind,
        default=option.default,
        required=option.needed,
        choices=option.choices or None,
    )


def _run(chosen: Model, given: argparse.Namespace) -> None:
    paths = {option.name: getattr(given, option.name) for option in chosen.options if option.kind == "file"}
    try:
        ZoneInfo(given.tz)
        values = {option.name: getattr(given, option.name) for option in chosen.options}
        values |= {name: read_table(path) for name, path in paths.items() if path is not None}
        result = chosen.run(read_table(given.in_path), tz=given.tz, **values)
        write_table(result, given.out_path, given.tz)
    except ZoneInfoNotFoundError:
        _stop(EXIT_DATA, f"unknown time zone {given.tz!r}; write it like Asia/Shanghai")
    except InputError as error:
        _stop(EXIT_DATA, _with_paths(str(error), given.in_path, paths))
    else:
        print(_summary(result, given.out_path))


def _with_paths(message: str, in_path: Path, paths: dict[str, Path | None]) -> str:
    """The message with the labels of tables replaced by the files they came from."""
    for name, path in paths.items():
        message = message.replace(f"--{name}:", f"{path}:") if path else message
    return message.replace("input:", f"{in_path}:", 1) if message.startswith("input:") else message


def _summary(result: pa.Table, out: Path) -> str:
    refused = len(result) - result.column(REASON).null_count if REASON in result.column_names else 0
    lines = [
        f"{out}: {len(result)} rows" + (f", of which {refused} not computed (see column {REASON})" if refused else "")
    ]
    if refused:
        counts = result.column(REASON).drop_null().value_counts().to_pylist()
        top = sorted(counts, key=lambda item: -item["counts"])[:3]
        lines += [f"  {item['counts']} × {item['values']}" for item in top]
    return "\n".join(lines)
