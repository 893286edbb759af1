"""Triangulation report: planted under-reports found, against the best possible detector, and false alarms.

    python -m tests.score.triangulation [--rounds N] [--json FILE]

First at the simulator's stated noise, where the best possible power can be computed for the same information; then in
the simulated full world itself, its own reports modelled from its own activity. All figures are simulated.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from spark_jobs.accounting.triangulation import judge, settings
from tests.score.np_bound import best_power, lasting_moves, month_moves
from tests.score.simulated_figures import world_scores
from tests.score.stated_noise import MONTHS, SCENARIOS, SINCE, Scenario, covariance, honest, lowered, plant

SEED = 5


@dataclass(frozen=True)
class Score:
    """Power against the best possible one, and false alarms per enterprise-month, with the trials behind them."""

    scenario: str
    power: float
    best: float
    trials: int
    false_alarms: float
    honest_months: int

    @property
    def shortfall(self) -> float:
        """Points lost to the best possible detector."""
        return self.best - self.power


def best_possible(what: Scenario) -> float:
    """Power of the Neyman-Pearson test for exactly this under-report at the allowed false-alarm share."""
    low = lowered(what.metered)
    moves = lasting_moves(low, MONTHS, what.size, SINCE) if what.lasting else month_moves(low, MONTHS, what.size)
    return best_power(covariance(what.metered), moves, settings().false_alarm_share)


def score(what: Scenario, rounds: int, seed: int = SEED) -> Score:
    """Plant the scenario in `rounds` sets of enterprises."""
    chance = np.random.default_rng([seed, SCENARIOS.index(what)])
    found: list[np.ndarray] = []
    alarms, months = 0, 0
    for _ in range(rounds):
        figures, sector = honest(chance, what.metered)
        alarm = judge(figures, sector).alarm
        alarms, months = alarms + int(alarm.sum()), months + alarm.size
        changed, who, when = plant(chance, figures, what)
        found.append(judge(changed, sector).alarm[who, when])
    hits = np.concatenate(found)
    return Score(what.name, float(hits.mean()), best_possible(what), len(hits), alarms / months, months)


def text_of(scores: list[Score]) -> str:
    """The report as a table."""
    lines = [f"{'planted':38} {'power':>7} {'best':>7} {'lost':>7} {'trials':>7} {'false alarms':>13}"]
    lines += [
        f"{s.scenario:38} {s.power:7.1%} {s.best:7.1%} {s.shortfall:7.1%} {s.trials:7d} {s.false_alarms:13.2%}"
        for s in scores
    ]
    return "\n".join([*lines, "(simulated data)"])


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="sets of enterprises a scenario is planted in")
    parser.add_argument("--json", type=Path, help="write the scores here")
    given = parser.parse_args()
    scores = [score(what, given.rounds) for what in SCENARIOS] + [Score(*row) for row in world_scores(given.rounds)]
    print(text_of(scores))
    if given.json:
        given.json.write_text(json.dumps([asdict(s) for s in scores], ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
