"""The simulated world: reports, voyages and meters tell of the same activity."""

from __future__ import annotations

import statistics
from datetime import date

import numpy as np
import pytest

from infra.upstream.clock import epoch_of
from infra.upstream.rng import draws, uniform_array
from infra.upstream.ship_energy.voyages import inland_year, legs_arriving
from infra.upstream.world.climate import festival_share, is_spring_festival
from infra.upstream.world.enterprises import CODE_ALPHABET, CODE_WEIGHTS
from infra.upstream.world.model import World

OIL_PER_TONNE = {"lng": 1.2, "methanol": 0.48}


def test_a_company_s_report_follows_the_voyages_of_its_ships(full: World) -> None:
    ratios = []
    for company in [e for e in full.enterprises if e.sector == "shipping"]:
        own = [s for s in full.fleet if s.company.index == company.index]
        sea = [s for s in own if s.trade != "inland"]
        legs = [x for s in sea for x in legs_arriving(s, epoch_of(2025, 1), epoch_of(2026, 1), full.seed)]
        years = [inland_year(s, 2025, full.seed) for s in own if s.trade == "inland"]
        burnt = sum(x.main_t + x.aux_t for x in [*legs, *years])
        codes = [c for c in full.physics.energies(company) if c != "electricity"]
        reported = sum(
            full.physics.consumption(company, code, 2025, m) * OIL_PER_TONNE.get(code, 1.0)
            for code in codes
            for m in range(1, 13)
        )
        ratios.append(reported / burnt)
    assert 0.95 < statistics.median(ratios) < 1.05
    assert min(ratios) > 0.75 and max(ratios) < 1.3


def test_a_year_is_never_far_from_the_year_before(full: World) -> None:
    """The guide's bound is a factor of 5; what is natural stays far inside, so that a slip of ten is beyond it."""
    ratios = [
        full.physics.consumption(e, code, 2026, m) / full.physics.consumption(e, code, 2025, m)
        for e in full.enterprises
        for code in full.physics.energies(e)
        for m in range(1, 13)
    ]
    assert len(ratios) > 5000 and min(ratios) > 0.55 and max(ratios) < 1.8


def test_credit_codes_have_a_wrong_check_character(full: World) -> None:
    for e in full.enterprises:
        total = sum(CODE_ALPHABET.index(c) * w for c, w in zip(e.code[:17], CODE_WEIGHTS, strict=True))
        assert len(e.code) == 18 and e.code[17] != CODE_ALPHABET[(31 - total % 31) % 31]


def test_the_spring_festival_of_2026_is_in_february() -> None:
    assert is_spring_festival(date(2026, 2, 17)) and not is_spring_festival(date(2026, 2, 10))
    assert (festival_share(2026, 1), festival_share(2026, 2)) == (0.0, 1.0)


def test_draws_are_uniform_and_depend_on_the_whole_key() -> None:
    first = [draws(1, "a", i) for i in range(2000)]
    assert statistics.mean(u for row in first for u in row) == pytest.approx(0.5, abs=0.01)
    assert draws(1, "a", 1) == draws(1, "a", 1) != draws(1, "a", 11) != draws(1, "a1", 1)
    keys = np.arange(300, dtype=np.uint64)
    grid = uniform_array(keys[:, None], np.arange(300, dtype=np.uint64)[None, :])
    assert abs(grid.mean() - 0.5) < 0.005 and abs(np.corrcoef(grid[:, 0], grid[:, 1])[0, 1]) < 0.2
    assert len(np.unique(grid)) == grid.size
