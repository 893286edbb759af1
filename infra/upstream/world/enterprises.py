"""Register of enterprises: 141 in the full world, 10 in the small one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.rng import draws, normals

HERE = Path(__file__).parent
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
SMALL = {"shipping": 2}


@dataclass(frozen=True)
class Enterprise:
    """One reporting entity. ``base`` overrides the sector's base per month by activity or energy code."""

    index: int
    code: str
    name: str
    sector: str
    district: str
    address: str
    contact: str
    legal_boundary: str
    invented: bool
    size: float
    growth: float
    metered: bool
    meter_weight: int
    measures: bool
    without: tuple[str, ...] = ()
    base: dict[str, float] = field(default_factory=dict, hash=False, compare=False)


@lru_cache(maxsize=1)
def sectors() -> dict[str, dict[str, Any]]:
    """Sector descriptions of the simulation."""
    return yaml.safe_load((HERE / "sectors.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _roll() -> dict[str, Any]:
    return yaml.safe_load((HERE / "enterprises.yaml").read_text(encoding="utf-8"))


def credit_code(seed: int, index: int, district: str) -> str:
    """Code in the style of a credit code, with a wrong check character, so that it can be nobody's."""
    u = draws(seed, "credit code", index) + draws(seed, "credit code", index, "b")
    body = "91" + district + "".join(CODE_ALPHABET[int(x * len(CODE_ALPHABET))] for x in u[:7]) + f"{index:02d}"[-2:]
    total = sum(CODE_ALPHABET.index(c) * w for c, w in zip(body, CODE_WEIGHTS, strict=True))
    right = (31 - total % 31) % 31
    return body + CODE_ALPHABET[(right + 1 + int(u[9] * 29)) % 31]


def build_enterprises(seed: int, world: str) -> list[Enterprise]:
    """Enterprises in a fixed order; the small world has the first ones of each sector."""
    roll, out, number = _roll(), [], 0
    for sector in sectors():
        spec = roll[sector]
        for i in range(spec["count"]):
            number += 1
            if world == "small" and i >= SMALL.get(sector, 1):
                continue
            out.append(_enterprise(seed, roll, sector, spec, i, number))
    return out


def _enterprise(seed: int, roll: dict[str, Any], sector: str, spec: dict[str, Any], i: int, number: int) -> Enterprise:
    u, z = draws(seed, "enterprise", number), normals(seed, "enterprise size", number)
    known = spec["known"][i] if i < len(spec["known"]) else None
    names = roll["invented_names"]
    district = known["district"] if known else roll["districts"][int(u[0] * len(roll["districts"]))]
    if known:
        name = known["name"] + "（模拟数据）"
    else:
        kinds = names["kind"][sector]
        given = names["given"]
        name = (
            "上海" + given[(i * 5 + len(sector)) % len(given)] + kinds[(i + i // len(given)) % len(kinds)] + "（虚构）"
        )
    size = (known or {}).get("scale", math.exp(0.55 * z[0]))
    return Enterprise(
        index=number,
        code=credit_code(seed, number, district),
        name=name,
        sector=sector,
        district=district,
        address=f"上海市{roll['streets'][int(u[1] * len(roll['streets']))]}{int(u[2] * 1800) + 1}号",
        contact=roll["surnames"][int(u[3] * len(roll["surnames"]))]
        + roll["given_names"][int(u[4] * len(roll["given_names"]))],
        legal_boundary=roll["legal_boundary"],
        invented=known is None,
        size=size,
        growth=spec.get("growth", max(-0.05, min(0.10, 0.025 + 0.03 * z[1]))),
        metered=i < spec["metered"],
        meter_weight=spec["meters"],
        measures=u[5] < 0.25,
        without=tuple((known or {}).get("without", ())),
        base=_own_base(sector, name, size),
    )


def _own_base(sector: str, name: str, size: float) -> dict[str, float]:
    """Base month of an enterprise that works otherwise than its sector; most have none."""
    for word, own in sectors()[sector].get("by_name", {}).items():
        if word in name:
            return {code: value * size for code, value in own.items()}
    return {}
