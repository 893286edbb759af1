"""The fleet: register (terminal, plate, class, masses, home) and the true particulars of every truck."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from infra.upstream.fleet.network import network, parameters

FIRST_TERMINAL = 13_900_000_000  # JT/T 808 terminal numbers have twelve digits; these belong to nobody
STRIDE = 7919


@dataclass(frozen=True)
class Fleet:
    """Arrays over vehicles. ``true``: columns drag area, rolling, engine litres, rated kW, friction, efficiency,
    accessories kW, driver. ``kerb_t``, ``payload_t``: as registered. ``gcj``: terminal reports GCJ-02.
    """

    terminal_id: np.ndarray
    kind: np.ndarray
    kerb_t: np.ndarray
    payload_t: np.ndarray
    home: np.ndarray
    night: np.ndarray
    gcj: np.ndarray
    listed: np.ndarray
    true: np.ndarray


@dataclass(frozen=True)
class Listed:
    """Trucks of a register, in its order: plate, kind (place in the parameters' kinds), kerb mass, rated payload."""

    plate: tuple[str, ...]
    kind: np.ndarray
    kerb_t: np.ndarray
    payload_t: np.ndarray


def fleet(count: int, seed: int, trucks: Listed | None = None) -> Fleet:
    """The first ``count`` trucks of the world ``seed``; a longer fleet begins with the same trucks.

    ``trucks``: the register they are in; kinds and masses are its. Without it kinds and masses are drawn.
    """
    block = 1024
    parts = [_block(seed, b, block, trucks) for b in range(-(-count // block))]
    whole = Fleet(*(np.concatenate([getattr(p, name) for p in parts])[:count] for name in Fleet.__annotations__))
    return whole if trucks is None else replace(whole, kerb_t=trucks.kerb_t[:count], payload_t=trucks.payload_t[:count])


def _block(seed: int, block: int, size: int, trucks: Listed | None = None) -> Fleet:
    p, rng = parameters(), np.random.default_rng([seed, block])
    index = block * size + np.arange(size)
    specs = list(p["kinds"].values())
    kind = rng.choice(len(specs), size, p=[spec["share"] for spec in specs])
    if trucks is not None:
        own = trucks.kind[index[0] : index[-1] + 1]
        kind[: len(own)] = own

    def of(name: str) -> np.ndarray:
        return np.array([spec[name] for spec in specs])[kind]

    def between(limits: np.ndarray) -> np.ndarray:
        return limits[:, 0] + (limits[:, 1] - limits[:, 0]) * rng.random(size)

    def spread(name: str) -> np.ndarray:
        return np.exp(p["spread"][name] * np.clip(rng.standard_normal(size), -2.5, 2.5))

    engine, faults = p["engine"], p["faults"]
    true = np.column_stack([
        of("drag_area_m2") * spread("drag"), of("rolling") * spread("rolling"), of("engine_l"), of("rated_kw"),
        engine["friction_kj_per_rev_l"] * spread("friction"), engine["efficiency"] * spread("efficiency"),
        engine["accessories_kw"] * spread("accessories") * of("rated_kw") / 300.0, spread("driver"),
    ])  # fmt: skip
    return Fleet(
        FIRST_TERMINAL + index * STRIDE % 100_000_007, kind, between(of("kerb_t")).round(2),
        between(of("payload_t")).round(2), rng.integers(0, len(network().lat), size),
        rng.random(size) < p["shifts"]["night_share"], rng.random(size) < faults["wrong_datum"],
        rng.random(size) >= faults["unknown_terminal"], true,
    )  # fmt: skip


def plates(index: np.ndarray) -> list[str]:
    """Invented plates: a letter no authority gives out, and digits."""
    return [f"沪I{n:06d}" for n in index.tolist()]


def register(fleet_of: Fleet, trucks: Listed | None = None) -> pa.Table:
    """What the operators' register says: terminal, plate, class, kerb mass, rated payload, home; listed trucks only."""
    kinds, net = list(parameters()["kinds"]), network()
    rows = np.flatnonzero(fleet_of.listed)
    plate = plates(rows) if trucks is None else [trucks.plate[row] for row in rows]
    return pa.table(
        {
            "terminal_id": fleet_of.terminal_id[rows], "plate": plate,
            "mass_class": np.array(kinds, object)[fleet_of.kind[rows]], "kerb_t": fleet_of.kerb_t[rows],
            "payload_t": fleet_of.payload_t[rows], "home_latitude_deg": net.lat[fleet_of.home[rows]],
            "home_longitude_deg": net.lon[fleet_of.home[rows]],
        }
    )  # fmt: skip
