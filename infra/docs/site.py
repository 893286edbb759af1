"""Build the documentation site under ``$LAKE_HOME/docs``: index, dbt docs, dictionary; Data Docs lie beside them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from infra.docs import dictionary
from infra.settings import settings
from spark_jobs.jobs import marts
from spark_jobs.provenance.mart_spec import marts as mart_specs

# What a page may not do: ask another machine for a script, a style, a font or a picture.
_REMOTE = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*(?:src|href)=["'](?:https?:)?//[^>]*>(?:</script>)?""", re.I)
_REMOTE_STYLE = re.compile(r"@import\s+(?:url\()?[\"']?https?://[^;]*;", re.I)


def docs_folder() -> Path:
    """Where the site lies."""
    return settings().home / "docs"


def without_remote(html: str) -> str:
    """The page without elements that would load something from another machine."""
    return _REMOTE_STYLE.sub("", _REMOTE.sub("", html))


def build() -> Path:
    """Build everything from the last marts build; returns the index. FileNotFoundError says what to run first."""
    work = marts.build_folder()
    if not (work / "build.duckdb").exists():
        raise FileNotFoundError(f"no build at {work}: run `lake job marts` first")
    folder = docs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    static, manifest = _dbt_docs(work)
    _write(folder / "dbt" / "index.html", without_remote(static))
    _write(folder / "dictionary" / "index.html", dictionary.page(mart_specs(manifest)))
    _write(folder / "index.html", _index(folder))
    return folder / "index.html"


def _dbt_docs(work: Path) -> tuple[str, dict]:
    target = marts.target_folder()
    candidate = json.loads((work / "built.json").read_text(encoding="utf-8"))
    marts.set_environment(work / "build.duckdb", candidate["table_versions"])
    marts.run_dbt(["docs", "generate", "--static", *marts.options(target)])
    static = (target / "static_index.html").read_text(encoding="utf-8")
    return static, json.loads((target / "manifest.json").read_text(encoding="utf-8"))


def _index(folder: Path) -> str:
    links = [
        ("dbt/index.html", "数据血缘与模型文档", "从上游平台到看板的全图：字段、单位、测试、作业与工作流"),
        ("dictionary/index.html", "数据字典", "各层数据表的字段、单位、粒度与校验规则"),
    ]
    found = sorted(path for path in folder.glob("*/index.html") if path.parent.name not in {"dbt", "dictionary"})
    found += sorted(folder.glob("*/local_site/index.html"))
    links += [
        (str(path.relative_to(folder)), "数据质量报告（Data Docs）", "各层质量闸门的规则与结果") for path in found
    ]
    items = "".join(f'<li><a href="{href}">{title}</a>：{text}</li>' for href, title, text in links)
    return dictionary.document("平台文档", f"<h1>平台文档</h1><ul>{items}</ul>")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    waiting.write_text(text, encoding="utf-8")
    waiting.replace(path)
