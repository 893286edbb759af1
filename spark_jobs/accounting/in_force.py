"""Which factors and methods are in force since when: the states that a rebuild reckons history under.

A state holds from the moment it was adopted until the next one. An emission row belongs to one state: an activity
that was known before an adoption and still is has a row under either, if (and only if) the adoption changed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from factor_library.factor import Factor
from factor_library.library import Library, library
from spark_jobs.accounting.apply_factors import STATEMENT
from spark_jobs.accounting.recipes import EnergyRecipe, GasRecipe, Part, Question, Recipe, fuel_sets, recipe

ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class State:
    """Factors and methods in force since an instant.

    `factors` are all versions of the kinds that the carbon path looks up; None stands for the library of this
    installation. `methods` has (method, the method that takes its place). `change_id` names the change that began it.
    """

    since: datetime = ALWAYS
    change_id: str = ""
    factors: tuple[Factor, ...] | None = field(default=None, compare=False, repr=False)
    methods: tuple[tuple[str, str], ...] = ()
    fingerprint: int = field(default=0, init=False, repr=False)  # stands for the factors when states are compared

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", hash(self.factors))

    @property
    def library(self) -> Library:
        """The factor library as it is in force."""
        return library() if self.factors is None else _library(self)

    def method(self, name: str) -> str:
        """The method that stands for the named one."""
        return dict(self.methods).get(name, name)


BASELINE = (State(),)


@dataclass(frozen=True, slots=True)
class Step:
    """One way of reckoning one kind of result, from a state on until the next step."""

    state: int
    essence: tuple[object, ...] | None = field(repr=False)


@lru_cache(maxsize=1)
def kinds() -> frozenset[str]:
    """Quantity kinds that fuel sets look up; other factors (constants, rules) change with the code alone."""
    found: set[str] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("kind"), str):
                found.add(node["kind"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(fuel_sets())
    return frozenset(found)


def tracked(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """The factors whose history is kept, by id and version."""
    chosen = (f for f in factors if f.quantity_kind in kinds())
    return tuple(sorted(chosen, key=lambda f: (f.factor_id, f.version)))


@lru_cache(maxsize=32)
def _library(state: State) -> Library:
    return library().replacing(kinds(), state.factors or ())


@lru_cache(maxsize=65536)
def steps(question: Question, method: str, timeline: tuple[State, ...]) -> dict[tuple[str, str, str], tuple[Step, ...]]:
    """For (gas, chain, series), and for ("", "", "") the energy: how it is reckoned, one step per difference.

    A step without essence is a time in which nothing answered.
    """
    found = [essences(question, method, state) for state in timeline]
    answer = {}
    for key in dict.fromkeys(k for e in found for k in e):
        line = [Step(0, found[0].get(key))]
        for i, essence in enumerate(found[1:], 1):
            if essence.get(key) != line[-1].essence:
                line.append(Step(i, essence.get(key)))
        answer[key] = tuple(line)
    return answer


def under(question: Question, method: str, state: State) -> Question:
    """The question as a state asks it: a method that took another's place brings its own fuel set."""
    from spark_jobs.accounting.accounts import methods

    taken = state.method(method)
    return question if taken == method else replace(question, fuel_set=methods()[taken]["fuel_set"])


def essences(question: Question, method: str, state: State) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """What decides each result of a question under a state; equal essences give equal rows."""
    if question.fuel_set == STATEMENT:
        return {}
    asked = under(question, method, state)
    cooked: Recipe = recipe(asked, state.library)
    name = state.method(method)
    found = {(g.gas, g.chain, g.series): (name, *_of_gas(g)) for g in cooked.gases}
    if cooked.energy:
        found["", "", ""] = (name, *_of_energy(cooked.energy))
    return found


def _of_gas(gas: GasRecipe) -> tuple[object, ...]:
    return (gas.scale, *(_of_part(p) for p in gas.parts))


def _of_energy(energy: EnergyRecipe) -> tuple[object, ...]:
    parts = (*energy.calorific, None, *energy.coal, None, energy.coal_of_energy, energy.coal_equal)
    return tuple(_of_part(p) if p else None for p in parts)


def _of_part(part: Part) -> tuple[object, ...]:
    f = part.factor
    return f.factor_id, f.version, part.value, part.measurable, f.rung, f.rsu, f.rsu_verified, f.verified
