"""Writes what follows from the theme specs, so that dbt, Superset and the pages say the same of each table."""

from __future__ import annotations

from pathlib import Path

from infra.settings import ROOT
from spark_jobs.themes import codes, datasets, dbt_files, pages
from spark_jobs.themes.spec import PROJECT, themes

MODELS = PROJECT / "models" / "marts" / "theme"
PAGES = ROOT / "docs" / "themes"
CODES = PROJECT / "seeds" / "seed_code.csv"
DATASETS = ROOT / "superset_assets" / "spec" / "datasets" / "themes.yaml"


def generated() -> dict[Path, str]:
    """Path → content of every generated file."""
    found = {CODES: codes.text(), DATASETS: datasets.text(themes()), PAGES / "README.md": pages.index(themes())}
    for theme in themes().values():
        found[PAGES / f"{theme.sector}.md"] = pages.page(theme)
        for table in theme.tables:
            found[table.sql_path.with_suffix(".yml")] = dbt_files.properties(theme, table)
            if table.macro:
                found[table.sql_path] = dbt_files.query(table)
    return found


def _superfluous(files: dict[Path, str]) -> list[Path]:
    """Generated files of tables that the specs no longer name; hand-written queries are left to their authors."""
    old = [*MODELS.rglob("*.yml"), *PAGES.glob("*.md")]
    queries = [path for path in MODELS.rglob("*.sql") if path.read_text(encoding="utf-8").startswith(dbt_files.MARK)]
    return [path for path in [*old, *queries] if path not in files]


def stale() -> list[Path]:
    """Files that are not what would be generated, missing and superfluous ones included."""
    files = generated()
    differs = [p for p, text in files.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    return sorted(_superfluous(files) + differs)


def write() -> list[Path]:
    """Write what differs and remove what is no longer generated; returns the paths that changed."""
    files, changed = generated(), stale()
    for path in changed:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
    return changed
