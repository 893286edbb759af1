"""What is planted in the lists of road transport; bounds are those of ``bounds.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.exchange.resource import Fault

Row = Mapping[str, Any]


@lru_cache(maxsize=1)
def bounds() -> dict[str, Any]:
    """What the platform declares plausible."""
    return yaml.safe_load((Path(__file__).parent / "bounds.yaml").read_text(encoding="utf-8"))


def _low(*path: str) -> float:
    """Lower end of a range of ``bounds.yaml``."""
    return _range(path)[0]


def _high(*path: str) -> float:
    """Upper end of a range of ``bounds.yaml``."""
    return _range(path)[1]


def _range(path: tuple[str, ...]) -> list[float]:
    found: Any = bounds()
    for name in path:
        found = found[name]
    return list(found)


def _times(name: str, number: float) -> Callable[[Row], float]:
    """A bound that is a multiple of another field."""
    return lambda row: number * row[name]


def _product(number: float, *names: str) -> Callable[[Row], float]:
    def bound(row: Row) -> float:
        value = number
        for name in names:
            value *= row[name]
        return value

    return bound


def _gross(end: int) -> Callable[[Row], float]:
    return lambda row: bounds()["truck"]["gross_t"][row["mass_class"]][end]


def _energy(end: int) -> Callable[[Row], float]:
    """Tonnes or MWh that the distance allows; gas, hydrogen: not bounded so."""
    return lambda row: bounds()["energy_per_km"][row["energy_unit"]][end] * row["distance_km"] / 1000.0


def _register(mass: Fault, other: Fault) -> tuple[Fault, ...]:
    """A register is long: a tenth of the rates."""
    malformed = Fault("malformed", ("gross_mass_t",), share=0.1)
    return (Fault("duplicate", share=0.1), malformed, mass, other)


def _operations(*numbers: str) -> tuple[Fault, ...]:
    """Faults of timing and of form; ``numbers`` are corrected together."""
    return (Fault("duplicate"), Fault("late"), Fault("correction", numbers), Fault("malformed", numbers[:2]))


_KM = bounds()["km_per_vehicle"]
_WORK = bounds()["route"]["work"]

TRUCK = _register(
    Fault("unit_slip", ("gross_mass_t",), share=0.1, low=_gross(0), high=_gross(1)),
    Fault("impossible", ("payload_t",), share=0.1, high=_times("gross_mass_t", 1.0)),
)
COACH_VEHICLE = _register(
    Fault("unit_slip", ("gross_mass_t",), share=0.1, low=_low("coach", "gross_t"), high=_high("coach", "gross_t")),
    Fault("impossible", ("seats",), share=0.1, high=bounds()["coach"]["seats"][1]),
)  # fmt: skip
URBAN_VEHICLE = _register(
    Fault("unit_slip", ("gross_mass_t",), share=0.1, low=_low("urban", "gross_t"), high=_high("urban", "gross_t")),
    Fault("impossible", ("places",), share=0.1, high=bounds()["urban"]["places"][1]),
)  # fmt: skip
COACH_ROUTE = (
    *_operations("vehicle_km", "seat_km", "trips", "tickets", "passenger_km"),
    Fault("impossible", ("passenger_km",), share=0.5, high=_times("seat_km", 1.0)),
    Fault("impossible", ("mean_speed_kmh",), share=0.5, low=_low("speed_kmh", "coach"),
          high=_high("speed_kmh", "coach")),
    Fault("unit_slip", ("passenger_km",), low=_product(bounds()["passenger_trip"][0], "tickets", "route_km"),
          high=_product(bounds()["passenger_trip"][1], "tickets", "route_km")),
    Fault("broken_identity", ("seat_km",), relative=_WORK, absolute=1.0),
)  # fmt: skip
BUS_ROUTE = (
    *_operations("vehicle_km", "place_km", "trips", "boardings"),
    Fault("impossible", ("boardings",), share=0.5, high=_product(bounds()["boardings_per_place"], "trips", "places")),
    Fault("impossible", ("mean_speed_kmh",), share=0.5, low=_low("speed_kmh", "bus"), high=_high("speed_kmh", "bus")),
    Fault("unit_slip", ("mean_speed_kmh",), low=_low("speed_kmh", "bus"), high=_high("speed_kmh", "bus")),
    Fault("broken_identity", ("place_km",), relative=_WORK, absolute=1.0),
)  # fmt: skip
CAR_FLEET = (
    *_operations("vehicle_km", "occupied_km", "trips", "passengers"),
    Fault("impossible", ("occupied_km",), share=0.5, high=_times("vehicle_km", 1.0)),
    Fault("impossible", ("passengers",), share=0.5, low=_times("trips", bounds()["persons_per_trip"][0]),
          high=_times("trips", bounds()["persons_per_trip"][1])),
    Fault("unit_slip", ("vehicle_km",), low=_times("vehicles", _KM[0]), high=_times("vehicles", _KM[1])),
)  # fmt: skip
CHARGING = (
    *_operations("energy_kwh", "peak_kwh", "flat_kwh", "valley_kwh"),
    Fault("impossible", ("energy_kwh",), low=0),
    Fault("unit_slip", ("energy_kwh",), low=_times("sessions", bounds()["kwh_per_session"][0]),
          high=_times("sessions", bounds()["kwh_per_session"][1])),
    Fault("broken_identity", ("energy_kwh",), relative=_WORK, absolute=0.5),
)  # fmt: skip
TRUCK_FLEET = (
    *_operations("distance_km", "tonne_km", "energy_used"),
    Fault("impossible", ("distance_km",), share=0.5, low=_times("vehicles", _KM[0]), high=_times("vehicles", _KM[1])),
    Fault("impossible", ("load_factor",), share=0.5, low=0, high=1),
    Fault("unit_slip", ("energy_used",), share=0.5, low=_energy(0), high=_energy(1)),
    Fault("unit_slip", ("distance_km",), share=0.5, low=_times("vehicles", _KM[0]), high=_times("vehicles", _KM[1])),
    Fault("broken_identity", ("tonne_km",), relative=_WORK, absolute=1.0),
)
WAYBILL = (
    Fault("duplicate", share=0.2),
    Fault("malformed", ("cargo_t", "distance_km"), share=0.2),
    Fault("impossible", ("cargo_t",), share=0.2, high=_times("payload_t", bounds()["overload"])),
    Fault("unit_slip", ("cargo_t",), share=0.2, factors=(1000.0,), high=_times("payload_t", bounds()["overload"])),
    Fault("broken_identity", ("tonne_km",), share=0.2, relative=_WORK, absolute=1.0),
)
UREA = (
    Fault("duplicate"),
    Fault("malformed", ("urea_solution_t",)),
    Fault("impossible", ("urea_percent",), low=_low("urea_percent"), high=_high("urea_percent")),
    Fault("unit_slip", ("urea_solution_t",), low=_times("diesel_t", bounds()["urea_of_diesel"][0]),
          high=_times("diesel_t", bounds()["urea_of_diesel"][1])),
)  # fmt: skip
