"""What one kind of activity needs: its factors, looked up once for a place, a date and the series asked for."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from factor_library.factor import Factor, FactorNotFoundError
from factor_library.library import Library, library
from factor_library.units import UnitError, ratio

_FOLDER = Path(__file__).parent
PART_SEPARATOR = "*"


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a product, in the unit the product needs. `measurable` names the measured input it gives way to."""

    factor: Factor
    value: float
    measurable: str = ""


@dataclass(frozen=True, slots=True)
class GasRecipe:
    """Mass in kg of one gas per unit of activity: the product of the parts, times `scale`."""

    gas: str
    chain: str
    series: str
    parts: tuple[Part, ...]
    scale: float
    from_carbon: bool = False


@dataclass(frozen=True, slots=True)
class EnergyRecipe:
    """Energy in GJ per unit of activity; standard coal in kgce per unit, by the published conversion (`coal`) or, where
    there is none or the calorific value was measured, from the energy."""

    calorific: tuple[Part, ...]
    coal: tuple[Part, ...]
    coal_of_energy: Part
    coal_equal: Part | None


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that one kind of activity yields. `missing` has (series, reason) for each CO2 that no factor answers."""

    gases: tuple[GasRecipe, ...] = ()
    energy: EnergyRecipe | None = None
    missing: tuple[tuple[str, str], ...] = ()
    missing_energy: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of activity. `date` is YYYY-MM-DD; `series` are the electricity series asked for."""

    fuel_set: str
    energy: str
    unit: str
    date: str
    region: str
    series: tuple[str, ...]


@dataclass(slots=True)
class _Cook:
    """Looks factors up for one question."""

    lib: Library
    question: Question
    spec: dict[str, Any]
    to_base: tuple[Part, ...] = field(default=())
    scale: float = 1.0

    def find(self, ref: dict[str, Any]) -> Factor:
        region = ref.get("borrowed_from", self.question.region)
        energy = ref.get("energy", self.question.energy)
        factor = self.lib.lookup(ref["kind"], energy, self.question.date, region, ref["series"])
        return replace(factor, rung="global") if "borrowed_from" in ref else factor

    def set_unit(self) -> None:
        """Bring the activity's unit to the unit of reckoning: a pure ratio, or by way of the fuel's density."""
        try:
            self.scale = ratio(self.question.unit, self.spec["unit"])
        except UnitError:
            if not self.spec.get("density"):
                raise
            density = self.find(self.spec["density"])
            self.scale = ratio(self.question.unit, "m3")
            self.to_base = (Part(density, density.value_in(f"{self.spec['unit']}/m3")),)

    def co2(self) -> list[GasRecipe]:
        parts: tuple[Part, ...]
        factors = [self.find(ref) for ref in self.spec["co2"]]
        if len(factors) == 1:
            value = factors[0].value_in(f"kgCO2/{self.spec['unit']}")
            parts, carbon = (Part(factors[0], value),), False
        else:
            units = (f"GJ/{self.spec['unit']}", "kgC/GJ", "share")
            names = ("ncv_measured", "carbon_content_measured", "oxidation_measured")
            parts = tuple(Part(f, f.value_in(u), n) for f, u, n in zip(factors, units, names, strict=True))
            carbon = True
        scale = self.scale * (_co2_per_carbon(self.lib) if carbon else 1.0)
        return [GasRecipe("CO2", "TTW", s, self.to_base + parts, scale, carbon) for s in self.question.series]

    def electricity(self, series: str) -> GasRecipe:
        ref = self.spec["by_series"][series]
        factor = self.find(ref)
        part = Part(factor, factor.value_in(f"kg{ref['gas']}/{self.spec['unit']}"))
        return GasRecipe(ref["gas"], ref["chain"], series, (part,), self.scale)

    def calorific(self) -> Part | None:
        if not self.spec.get("ncv"):
            return None
        factor = self.find(self.spec["ncv"])
        return Part(factor, factor.value_in(f"GJ/{self.spec['unit']}"), "ncv_measured")

    def by_energy(self, calorific: Part) -> list[GasRecipe]:
        refs = [(r["gas"], "TTW", r) for r in self.spec.get("per_energy", ())]
        if self.spec.get("upstream"):
            refs.append(("CO2e", "WTT", self.spec["upstream"]))
        found = []
        for gas, chain, ref in refs:
            try:
                factor = self.find(ref)
            except FactorNotFoundError:
                continue  # these gases are given where a factor exists; CO2 and energy are what must not be missing
            parts = (*self.to_base, calorific, Part(factor, factor.value_in(_per_gj(gas))))
            found += [GasRecipe(gas, chain, s, parts, self.scale) for s in self.question.series]
        return found

    def energy(self, calorific: Part) -> EnergyRecipe:
        scaled = (*self.to_base, Part(calorific.factor, calorific.value * self.scale, calorific.measurable))
        coal: tuple[Part, ...] = ()
        if self.spec.get("standard_coal"):
            factor = self.find(self.spec["standard_coal"])
            coal = (*self.to_base, Part(factor, factor.value_in(f"kgce/{self.spec['unit']}") * self.scale))
        of_energy = self.lib.factor("SCE_heat")
        equal = self.lib.factor("RULE_COAL_EQUAL_FUELS") if self.spec["coal_equal"] == "fuel" else None
        of_energy_part = Part(of_energy, of_energy.value_in("kgce/GJ"))
        return EnergyRecipe(scaled, coal, of_energy_part, Part(equal, equal.value) if equal else None)


def _per_gj(gas: str) -> str:
    return "kgCO2e/GJ" if gas == "CO2e" else "kg/GJ"


def _co2_per_carbon(lib: Library) -> float:
    """44/12, as the guidelines write it."""
    return lib.value("M_CO2", "g/mol") / lib.value("M_C", "g/mol")


@lru_cache(maxsize=1)
def fuel_sets() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the fuel sets as data."""
    return yaml.safe_load((_FOLDER / "fuel_sets.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=65536)
def recipe(question: Question, lib: Library | None = None) -> Recipe:
    """Return the recipe for one kind of activity; what no factor answers is in `missing`, with its reason."""
    lib = lib or library()
    spec = fuel_sets().get(question.fuel_set, {}).get(question.energy)
    if spec is None:
        return _nothing(question, f"因子集 {question.fuel_set} 没有能源 {question.energy}")
    cook = _Cook(lib, question, spec)
    try:
        cook.set_unit()
    except (UnitError, FactorNotFoundError):
        return _nothing(question, f"单位 {question.unit} 不能换算为 {spec['unit']}")
    gases, missing = _co2_recipes(cook)
    try:
        calorific = cook.calorific()
        if not spec.get("holds_energy", True):
            return Recipe(tuple(gases), None, tuple(missing))
        if calorific is None:
            return Recipe(tuple(gases), None, tuple(missing), f"没有 {question.energy} 的低位发热量")
        gases += cook.by_energy(calorific)
        return Recipe(tuple(gases), cook.energy(calorific), tuple(missing))
    except FactorNotFoundError as error:
        return Recipe(tuple(gases), None, tuple(missing), f"没有适用的因子：{error}")


def _co2_recipes(cook: _Cook) -> tuple[list[GasRecipe], list[tuple[str, str]]]:
    found, missing = [], []
    if "co2" in cook.spec:
        try:
            return cook.co2(), []
        except FactorNotFoundError as error:
            return [], [(s, f"没有适用的因子：{error}") for s in cook.question.series]
    for series in cook.question.series:
        try:
            found.append(cook.electricity(series))
        except (FactorNotFoundError, KeyError) as error:
            missing.append((series, f"没有适用的因子：{error}"))
    return found, missing


def _nothing(question: Question, reason: str) -> Recipe:
    return Recipe(missing=tuple((s, reason) for s in question.series), missing_energy=reason)
