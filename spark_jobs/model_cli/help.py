"""``lake model NAME --help``: every column with unit, need and the cost of its absence, code lists, sources."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import Column, Model, Option, Setting

WIDTH = 118


def catalogue(models: Sequence[Model]) -> str:
    """``lake model --list``: name, modules, title in English and Chinese."""
    width = max(len(model.name) for model in models)
    return "\n".join(
        f"{model.name:<{width}}  module {', '.join(map(str, model.modules)):<9}  {model.title} ({model.title_zh})"
        for model in models
    )


def model_help(model: Model) -> str:
    """The whole help text of one model."""
    parts: list[str | None] = [f"lake model {model.name}: {model.title}", model.title_zh, "", _usage(model), ""]
    side = [_columns(f"INPUT (--{o.name})", o.columns) for o in model.options if o.columns]
    if model.inputs_of:
        for choice in _mode_choices(model):
            parts += [_columns(f"INPUT, {choice[0]} {choice[1]}", model.columns_in({choice[0]: choice[1]}))]
            parts += [_columns(f"OUTPUT, {choice[0]} {choice[1]}", model.columns_out({choice[0]: choice[1]}), False)]
    else:
        parts += [_columns("INPUT (--in)", model.inputs)]
        parts += [_columns("OUTPUT (--out)", model.outputs, False)]
        if model.point_outputs:
            parts += [_columns("OUTPUT with --points: one row per input row, in order", model.point_outputs, False)]
    parts += side
    parts += [_code_lists(model), _settings(model.settings), _bullets("NOTES", model.notes)]
    parts += [
        _bullets("SOURCES", model.sources),
        f"METHOD CARD\n  docs/models/{model.card}  docs/models/zh/{model.card}",
    ]
    return "\n".join(part for part in parts if part is not None)


def _mode_choices(model: Model) -> list[tuple[str, str]]:
    return [("mode", choice) for option in model.options if option.name == "mode" for choice in option.choices]


def _usage(model: Model) -> str:
    lines = [f"usage: lake model {model.name} --in FILE --out FILE [--tz ZONE]" + "".join(map(_brief, model.options))]
    lines += ["  --in FILE, --out FILE   CSV or Parquet, by the name's ending"]
    lines += ["  --tz ZONE               meaning of times without an offset (Asia/Shanghai)"]
    lines += [f"  {_flag(option):<22}  {option.doc}" for option in model.options]
    return "\n".join(lines)


def _flag(option: Option) -> str:
    value = {"flag": "", "file": " FILE", "integer": " N", "number": " X", "text": " TEXT"}[option.kind]
    return f"--{option.name.replace('_', '-')}{' ' + '|'.join(option.choices) if option.choices else value}"


def _brief(option: Option) -> str:
    return f" {_flag(option)}" if option.needed else f" [{_flag(option)}]"


def _columns(title: str, columns: Sequence[Column], is_input: bool = True) -> str:
    width = max((len(column.name) for column in columns), default=0)
    lines = [title]
    for column in columns:
        need = ("needed" if column.needed else "optional") if is_input else ""
        unit = column.unit or column.kind
        text = "; ".join(filter(None, [column.doc, _bounds(column), _codes_note(column), column.zh]))
        if is_input and not column.needed and column.absence:
            text += f". Absent: {column.absence}"
        lead = (
            f"  {column.name:<{width}}  {unit:<10} {need:<8}  "
            if is_input
            else f"  {column.name:<{width}}  {unit:<10} "
        )
        lines.append(textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=" " * (width + 6)))
    return "\n".join([*lines, ""])


def _bounds(column: Column) -> str:
    if column.low is None and column.high is None:
        return ""
    low = "" if column.low is None else f"{column.low:g} ≤ "
    high = "" if column.high is None else f" ≤ {column.high:g}"
    return f"{low}value{high}"


def _codes_note(column: Column) -> str:
    return f"one of the list {column.code_list.name!r} below" if column.code_list else ""


def _code_lists(model: Model) -> str | None:
    columns = [*model.inputs, *(c for option in model.options for c in option.columns)]
    if model.inputs_of:
        columns = [c for name, choice in _mode_choices(model) for c in model.columns_in({name: choice})]
    lists = {column.code_list.name: column.code_list for column in columns if column.code_list}
    return "\n".join(map(_code_list, lists.values())) if lists else None


def _code_list(codes: CodeList) -> str:
    lines = [f"CODES of {codes.name} (upper or lower case)"]
    spellings: dict[str, list[str]] = {code: [] for code in codes.codes}
    for alias, code in codes.aliases.items():
        if alias not in codes.codes[code]:
            spellings[code].append(alias)
    width = min(max(len(code) for code in codes.codes), 30)
    for code, meaning in codes.codes.items():
        also = f" (also: {', '.join(spellings[code])})" if spellings[code] else ""
        lead = f"  {code:<{width}}  "
        lines.append(textwrap.fill(meaning + also, WIDTH, initial_indent=lead, subsequent_indent=" " * (width + 4)))
    return "\n".join([*lines, ""])


def _settings(settings: Sequence[Setting]) -> str | None:
    if not settings:
        return None
    lines = ["SETTINGS (numbers of the method that are no emission factors)"]
    for setting in settings:
        mark = "" if setting.verified else " [unverified]"
        text = f"{setting.name} = {setting.value:g} {setting.unit}{mark}: {setting.doc} ({setting.source})"
        lines.append(textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="      "))
    return "\n".join([*lines, ""])


def _bullets(title: str, items: Sequence[str]) -> str | None:
    if not items:
        return None
    lines = [textwrap.fill(item, WIDTH, initial_indent="  - ", subsequent_indent="    ") for item in items]
    return "\n".join([title, *lines, ""])
