"""What the run showed of each aim: one line each, met or not, or why it was not measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Figures = dict[str, Any]
M = 1e6
LINEAR_FROM, MOST_GIB, MEMORY_OF = 10_000_000, 6.0, 15_000_000


@dataclass(frozen=True)
class Aim:
    """``value`` reads the figures (KeyError: not measured); ``least``: more is better, else less is."""

    what: str
    wanted: float
    unit: str
    value: Callable[[Figures], float]
    least: bool = True

    def line(self, figures: Figures) -> str:
        """The aim, what was measured, and whether that is enough."""
        sign = "≥" if self.least else "≤"
        head = f"{self.what:<58} {sign} {self.wanted:>6,.2f} {self.unit:<8}"
        try:
            value = self.value(figures)
        except (KeyError, IndexError):
            return f"{head} not measured in this run"
        met = value >= self.wanted if self.least else value <= self.wanted
        return f"{head} {value:>8,.2f}  {'met' if met else 'MISSED'}"


def _named(figures: Figures, start: str) -> list[Figures]:
    """Figures of runs whose name begins so, fewest rows first."""
    return sorted((own for name, own in figures.items() if name.startswith(start)), key=lambda own: own["rows"])


def _rate(own: Figures) -> float:
    return float(own["rows"] / own["seconds"] / M)


def _linear(figures: Figures, start: str) -> float:
    """Seconds a row of the largest run over those of the smallest from 10 million on."""
    runs = [own for own in _named(figures, start) if own["rows"] > 0.9 * LINEAR_FROM]
    if len(runs) < 2:
        raise KeyError(start)
    return _rate(runs[0]) / _rate(runs[-1])


def _flat(figures: Figures) -> float:
    """Peak memory of the largest run over that of the smallest from about 15 million on."""
    runs = [own for own in _named(figures, "end_parquet_") if own["rows"] > 0.6 * MEMORY_OF]
    if len(runs) < 2:
        raise KeyError("end_parquet_")
    return float(runs[-1]["peak_mb"] / runs[0]["peak_mb"])


def _duckdb(figures: Figures) -> float:
    """Against the faster of DuckDB's two ways."""
    return float(min(figures[name]["kernel_times"] for name in ("DuckDB, one query", "DuckDB, a few files a query")))


def _kernel(figures: Figures) -> Figures:
    return _named(figures, "kernel_")[-1]


ALL = (
    Aim("kernel in Spark over DuckDB's best query", 4, "times", _duckdb),
    Aim("kernel in Spark over Spark window functions", 40, "times", lambda f: f["Spark windows"]["kernel_times"]),
    Aim("kernel in Spark", 15, "M rows/s", lambda f: _rate(_kernel(f))),
    Aim("kernel in Spark, share of mere decoding", 0.40, "", lambda f: _kernel(f)["decode_s"] / _kernel(f)["seconds"]),
    Aim("end to end from Parquet", 2, "M rows/s", lambda f: _rate(_named(f, "end_parquet_")[-1])),
    Aim("end to end from gzipped CSV", 1, "M rows/s", lambda f: _rate(_named(f, "end_csv_")[-1])),
    Aim("a fleet day (150 M positions of Parquet), seconds", 75, "s",
        lambda f: _named(f, "end_parquet_150")[0]["seconds"], least=False),
    Aim("peak memory, end to end", MOST_GIB, "GiB", lambda f: _named(f, "end_parquet_")[-1]["peak_mb"] / 1024, False),
    Aim("peak memory, largest over smallest run", 1.1, "times", _flat, least=False),
    Aim("seconds a row end to end, largest over smallest run", 1.1, "times",
        lambda f: _linear(f, "end_parquet_"), least=False),
    Aim("seconds a row of the kernel, largest over smallest run", 1.1, "times",
        lambda f: _linear(f, "kernel_"), least=False),
    Aim("a file of one minute's positions to the live view", 10, "s", lambda f: max(f["minute"]["all"]), least=False),
    Aim("fleet fuel against truth, every fix", 0.03, "", lambda f: abs(f["accuracy"]["full"]["fleet_fuel"]), False),
    Aim("vehicle-hour against truth, weighted by fuel", 0.15, "", lambda f: f["accuracy"]["full"]["hour_weighted"],
        False),
    Aim("fleet fuel against truth, one fix in four", 0.05, "",
        lambda f: abs(f["accuracy"]["one_in_four"]["fleet_fuel"]), False),
)  # fmt: skip


def lines(figures: Figures) -> Iterator[str]:
    """A line for each aim."""
    return (aim.line(figures) for aim in ALL)
