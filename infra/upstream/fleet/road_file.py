"""The simulated road operator's network file: the roads that the trucks drive, as surveyed, a few metres off."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from infra.upstream.fleet.network import HERE, SEED, network

METRES_PER_DEGREE = 111195.0


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load((HERE / "network.yaml").read_text(encoding="utf-8")))


def edge_ids() -> list[str]:
    """Ids of the directed roads of ``network()`` in its order; the way back ends in a tilde."""
    return [f"{a}-{b}{end}" for a, b, *_ in _data()["roads"] for end in ("", "~")]


def network_file() -> pa.Table:
    """The network, a road a row, lines as WGS-84 WKT, both directions named by where they lead."""
    data, net, rng = _data(), network(), np.random.default_rng(SEED)
    names, rows = data["names"], []
    for n, (a, b, kind, *corridor) in enumerate(data["roads"]):
        ends = [int(net.start[2 * n]), int(net.end[2 * n])]
        line = _surveyed(net.lat[ends], net.lon[ends], float(net.length_m[2 * n]), rng)
        rows.append(
            {
                "edge_id": f"{a}-{b}", "road_name": f"{names[a]}—{names[b]}示意路", "corridor_id": "".join(corridor),
                "direction": f"往{names[b]}", "direction_back": f"往{names[a]}", "road_class": kind,
                "district_code": "", "tolerance_m": "",
                "geometry": f"LINESTRING ({', '.join(f'{lon:.6f} {lat:.6f}' for lat, lon in line)})",
            }
        )  # fmt: skip
    return pa.Table.from_pylist(rows)


def _surveyed(lat: np.ndarray, lon: np.ndarray, metres: float, rng: np.random.Generator) -> np.ndarray:
    """Points along a straight road, those within displaced by the survey's error: (points, 2) latitude, longitude."""
    survey = _data()["survey"]
    part = np.linspace(0.0, 1.0, max(2, round(metres / survey["point_every_m"]) + 1))
    out = np.column_stack([lat[0] + part * (lat[1] - lat[0]), lon[0] + part * (lon[1] - lon[0])])
    error = rng.normal(0.0, survey["error_m"], out.shape) / METRES_PER_DEGREE
    error[[0, -1]] = 0.0
    return out + error
