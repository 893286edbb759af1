"""The full simulated world's own reports as figures for triangulation, with under-reports planted in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from infra.upstream.clock import months_between
from infra.upstream.reporting.rows import Rows
from infra.upstream.world.activity import UNITS, noise
from infra.upstream.world.enterprises import Enterprise, sectors
from infra.upstream.world.model import World
from spark_jobs.accounting.activity_model import activity_index, modelled
from spark_jobs.accounting.recipes import Question, recipe
from spark_jobs.accounting.triangulation import judge, settings
from tests.score.np_bound import best_power, lasting_moves, month_moves

SEED, PEERED = 20241101, 5
MONTHS = months_between((2024, 11), (2026, 10))
SINCE, LAST = 12, 23
SHARE = {
    False: 0.2,
    True: 0.05,
}  # of enterprises that carry a low month, a lasting bias: near the stated rates


@dataclass(frozen=True)
class Figures:
    """The world's honest figures: t of CO2 (enterprises, months), activities (codes, enterprises, months), sectors; and
    the stated noise of what activity says of each enterprise's CO2."""

    stated: np.ndarray
    computed: np.ndarray
    activities: np.ndarray
    sector: np.ndarray
    noise: np.ndarray


@lru_cache(maxsize=1)
def figures() -> Figures:
    """Figures of all enterprises by the platform's own factors."""
    world = World(SEED, "full")
    rows, everyone = Rows(world), world.enterprises
    codes = sorted({c for e in everyone for c in world.physics.activities(e)})
    stated, computed = np.zeros((2, len(everyone), len(MONTHS)))
    activities = np.full((len(codes), len(everyone), len(MONTHS)), np.nan)
    chance = np.zeros(len(everyone))
    for i, e in enumerate(everyone):
        parts = {}
        for j, month in enumerate(MONTHS):
            parts = {c: rows.energy(e, c, month)["consumption"] * kg_per_unit(c, month[0]) / 1000
                     for c in world.physics.energies(e)}  # fmt: skip
            computed[i, j] = sum(parts.values())
            stated[i, j] = rows.emission(e, month)["co2_total_t"]
            for code in world.physics.activities(e):
                activities[codes.index(code), i, j] = rows.activity(e, code, month)["value"]
        chance[i] = _chance(e, parts, sum(code != "station_days" for code in world.physics.activities(e)))
    return Figures(stated, computed, activities, np.array([e.sector for e in everyone]), chance)


def _chance(e: Enterprise, parts: dict[str, float], codes: int) -> float:
    """Standard deviation of ln CO2 given the enterprise's activity: its energies' noise, and its activities'."""
    share = {code: t / sum(parts.values()) for code, t in parts.items()}
    energy = noise()["consumption"] ** 2 * sum(s**2 for s in share.values())
    moving = sum(s * (1.0 - sectors()[e.sector]["energies"][code]["fixed"]) for code, s in share.items())
    return float(np.sqrt(energy + (moving * noise()["activity"]) ** 2 / codes))


@lru_cache(maxsize=256)
def kg_per_unit(code: str, year: int) -> float:
    """kg CO2 per reported unit of an energy by the guideline's factors and the Shanghai series."""
    found = recipe(Question("cn_guideline", code, UNITS[code], f"{year}-07-01", "CN-SH", ("sh_guide",)))
    gas = next(g for g in found.gases if g.gas == "CO2")
    return float(gas.scale * np.prod([part.value for part in gas.parts]))


def world_scores(rounds: int) -> list[tuple[str, float, float, int, float, int]]:
    """Rows of the report for sectors with peers: both kinds planted in the world's own reports."""
    chance, own = np.random.default_rng(SEED), figures()
    peered = np.array([(own.sector == s).sum() > PEERED for s in own.sector])
    quiet = _judged(own.stated, own.computed)
    rows = []
    for name, size, lasting in (("one month 10 %", 0.10, False), ("lasting 5 %", 0.05, True)):
        hits, best = [], []
        for _ in range(rounds * (4 if lasting else 1)):
            who = chance.permutation(np.flatnonzero(peered))[: int(SHARE[lasting] * peered.sum())]
            when = np.full(len(who), LAST) if lasting else chance.integers(0, len(MONTHS), len(who))
            stated, computed = own.stated.copy(), own.computed.copy()
            for values in (stated, computed):
                if lasting:
                    values[who, SINCE:] *= 1.0 - size
                else:
                    values[who, when] *= 1.0 - size
            hits.append(_judged(stated, computed)[who, when])
            best += [_best(own.noise[i], size, lasting) for i in who]
        found = np.concatenate(hits)
        rows.append((f"{name}, the simulated world", float(found.mean()), float(np.mean(best)), len(found),
                     float(quiet[peered].mean()), int(quiet[peered].size)))  # fmt: skip
    return rows


def _judged(stated: np.ndarray, computed: np.ndarray) -> np.ndarray:
    own = figures()
    model = modelled(computed, activity_index(own.activities), own.sector, settings().peers_least).emission
    known = {"reported": stated, "computed": computed, "metered": np.full_like(computed, np.nan), "modelled": model}
    return judge(known, own.sector).alarm


@lru_cache(maxsize=512)
def _best(chance: float, size: float, lasting: bool) -> float:
    """Best possible for one enterprise: what it reports is exact, what activity says scatters as stated."""
    low, months = np.array([True, False]), len(MONTHS)
    moves = lasting_moves(low, months, size, SINCE) if lasting else month_moves(low, months, size)
    return best_power(np.diag([1e-12, chance**2]), moves, settings().false_alarm_share)
