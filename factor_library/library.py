"""Typed loader of the factor library.

    from factor_library.library import library
    lib = library()
    lib.value("CF_HFO", "tCO2/t")                                   # 3.114
    lib.table("road_copert_hdv_functions")                          # pyarrow.Table
    lib.lookup("electricity_co2", "electricity", "2026-05-01", "CN-SH", "sh_guide")   # 0.42, rung exact

A publication's folder holds `publication.yaml`, and CSV files: `factors.csv` (scalar factors), `statements.csv` (rules
and definitions without a number) and coefficient tables, whose columns are typed in `publication.yaml`. One table
name may stand in several publications: its parts are read as one, with the column `publication`.
"""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date as Date
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import yaml

from factor_library.factor import Factor, FactorError, FactorNotFoundError, parse_factor

ROOT = Path(__file__).parent
_TYPES = {"string": pa.string(), "float64": pa.float64()}


class Library:
    """All factors and tables under one folder; immutable once read."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.publications = MappingProxyType(
            {p.parent.name: _publication(p) for p in _sorted(root, "publication.yaml")}
        )
        if not self.publications:
            raise FactorError(f"{root}: no publication.yaml found; the factor library is not installed")
        self._arrange(self._read_factors())
        self._wider = yaml.safe_load((ROOT / "regions.yaml").read_text(encoding="utf-8"))

    def _arrange(self, factors: Iterable[Factor]) -> None:
        versions: dict[str, dict[int, Factor]] = defaultdict(dict)
        index: dict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        for factor in factors:
            if factor.version in versions[factor.factor_id]:
                raise FactorError(f"factor {factor.factor_id} version {factor.version} stands twice in the library")
            versions[factor.factor_id][factor.version] = factor
            index[factor.quantity_kind, factor.energy_or_fuel, factor.series][factor.factor_id] = None
        self._versions = MappingProxyType(dict(versions))
        self._index = MappingProxyType({key: tuple(sorted(ids)) for key, ids in index.items()})

    def replacing(self, kinds: Collection[str], factors: Iterable[Factor]) -> "Library":
        """Return a library in which ``factors`` stand in place of all that are of these quantity kinds."""
        other = copy(self)
        other._arrange([*(f for f in self.all_versions() if f.quantity_kind not in kinds), *factors])
        return other

    def all_versions(self) -> Iterator[Factor]:
        """Yield every factor in every version, by id and version."""
        for factor_id in sorted(self._versions):
            yield from (self._versions[factor_id][v] for v in sorted(self._versions[factor_id]))

    def current(self) -> Iterator[Factor]:
        """Yield every factor in its newest version, by id."""
        yield from (self.factor(factor_id) for factor_id in sorted(self._versions))

    def factor(self, factor_id: str, version: int | None = None) -> Factor:
        """Return a factor, in its newest version where none is given; raise FactorNotFoundError."""
        versions = self._versions.get(factor_id)
        if versions is None:
            raise FactorNotFoundError(
                f"no factor {factor_id} in the library; `lake factors search` lists what there is"
            )
        wanted = max(versions) if version is None else version
        if wanted not in versions:
            raise FactorNotFoundError(f"factor {factor_id} has versions {sorted(versions)}, not {wanted}")
        return versions[wanted]

    def _of(self, factor_id: str) -> Collection[Factor]:
        return self._versions[factor_id].values()

    def value(self, factor_id: str, unit: str) -> float:
        """Return a factor's value in `unit`; raise UnitError where it is of another dimension."""
        return self.factor(factor_id).value_in(unit)

    def lookup(self, kind: str, energy: str, date: str | Date, region: str, series: str) -> Factor:
        """Return the factor for an energy at a date and region in one series, with its `rung`.

        Order: exact (region and date), older (region, the newest one that has ended), then the wider regions of
        `regions.yaml` (regional, national, global), each by the same order of dates. A factor that begins after the
        date is never used, and a series never stands in for another. Of a factor's versions the newest that has begun
        by the date counts, so a version that begins later leaves the time before as it was. Raise FactorNotFoundError.
        """
        day = date.isoformat() if isinstance(date, Date) else date
        ids = self._index.get((kind, energy, series), ())
        begun = [max(b, key=lambda f: f.version) for i in ids if (b := [f for f in self._of(i) if f.begun_by(day)])]
        candidates = [f for f in begun if (f.quantity_kind, f.energy_or_fuel, f.series) == (kind, energy, series)]
        for place in ({"region": region, "rung": ""}, *self._wider.get(region, ())):
            here = [f for f in candidates if f.region == place["region"]]
            valid = [f for f in here if f.valid_on(day)]
            ended = [f for f in here if f.valid_to and f.valid_to < day]
            if len(valid) > 1:
                raise FactorError(
                    f"{[f.factor_id for f in valid]} all answer {kind} {energy} {day} {region} {series!r}"
                )
            if valid:
                return replace(valid[0], rung=place["rung"] or "exact")
            if ended:
                return replace(max(ended, key=lambda f: f.valid_to), rung=place["rung"] or "older")
        raise FactorNotFoundError(f"no {kind} factor for {energy} at {day} in {region}, series {series or '(none)'}")

    def table(self, name: str) -> pa.Table:
        """Return a coefficient table with its published columns and `publication`; raise FactorNotFoundError."""
        return _table(self, name)

    def table_names(self) -> list[str]:
        """Return the names of the coefficient tables."""
        return sorted({t for p in self.publications.values() for t in p.get("tables", {})} | {"statements"})

    @cached_property
    def snapshot_sm3(self) -> str:
        """SM3 over the paths and bytes of the whole library: it changes with any factor."""
        digest = hashlib.new("sm3")
        for path in sorted((*self.root.rglob("*.csv"), *self.root.rglob("*.yaml"))):
            digest.update(str(path.relative_to(self.root)).encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _read_factors(self) -> Iterator[Factor]:
        for path in _sorted(self.root, "factors.csv"):
            for line, row in enumerate(_rows(path), start=2):
                yield parse_factor(row, path.parent.name, f"{path.parent.name}/{path.name} line {line}")


@lru_cache(maxsize=1)
def library() -> Library:
    """Return the library of this installation, read once."""
    return Library()


@lru_cache(maxsize=64)
def _table(lib: Library, name: str) -> pa.Table:
    parts = []
    for path in _sorted(lib.root, f"{name}.csv"):
        publication = path.parent.name
        spec = lib.publications[publication].get("tables", {}).get(name)
        if spec is None and name != "statements":
            raise FactorError(f"{publication}/{path.name} is not declared in its publication.yaml")
        parts.append(_read_part(path, spec).append_column("publication", pa.array([publication] * _length(path))))
    if not parts:
        raise FactorNotFoundError(f"no table {name} in the library; there are {', '.join(lib.table_names())}")
    return pa.concat_tables(parts)


def _read_part(path: Path, spec: dict | None) -> pa.Table:
    rows = _rows(path)
    columns = spec["columns"] if spec else dict.fromkeys(rows[0], "string")
    constants = spec.get("constants", {}) if spec else {}
    arrays = []
    for column, kind in columns.items():
        texts = [constants[column]] * len(rows) if column in constants else [row[column] for row in rows]
        values = [float(t) if t else None for t in texts] if kind == "float64" else [t or None for t in texts]
        arrays.append(pa.array(values, _TYPES[kind]))
    return pa.table(arrays, names=list(columns))


def _length(path: Path) -> int:
    return len(_rows(path))


@lru_cache(maxsize=16)
def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _sorted(root: Path, name: str) -> list[Path]:
    return sorted(root.glob(f"*/{name}"))


def _publication(path: Path) -> dict:
    meta = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [k for k in ("id", "title", "title_zh", "licence") if not meta.get(k)]
    if missing or meta["id"] != path.parent.name:
        raise FactorError(
            f"{path}: {'missing ' + ', '.join(missing) if missing else 'id is not the name of the folder'}"
        )
    return meta
