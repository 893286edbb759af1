"""Sent messages → what stations receive, hour by hour, with faults; true fuel and planted faults beside them."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from infra.upstream.ais import radio
from infra.upstream.ais.burning import burnt_kg
from infra.upstream.ais.sailing import ANCHORED, AWAY, MOORED, SAILING, sailed
from infra.upstream.ais.sailing import Path as Track
from infra.upstream.ais.vessels import Vessel, fleet, parameters
from infra.upstream.rng import code64, uniform_array

LOCAL = timezone(timedelta(hours=8))
STEP_S, HOUR_S, DAY_S, GZIP_LEVEL = 10, 3600, 86400, 1
STATUS = {SAILING: 0, ANCHORED: 1, MOORED: 5}
KM_PER_DEGREE = 111.2
CSV_COLUMNS = (
    "received_at", "station", "msg_type", "mmsi", "second", "nav_status", "speed_kn", "longitude_deg", "latitude_deg",
    "course_deg", "heading_deg", "imo", "call_sign", "ship_name", "ship_type", "length_m", "beam_m", "draught_m",
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What to write: days from local day ``day``; ``thin``: only every so many-th fix is sent."""

    folder: Path
    day: str
    days: int
    ships: int
    seed: int
    form: str = "nmea"
    thin: int = 1

    @property
    def midnight(self) -> int:
        return int(datetime.fromisoformat(self.day).replace(tzinfo=LOCAL).timestamp())


class _Hours:
    """Lines by (hour of delivery, station), in order of receipt."""

    def __init__(self) -> None:
        self.lines: dict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)

    def add(self, hour: int, station: str, clock: int, text: str) -> None:
        own = self.lines[hour, station]
        own.append((clock, len(own), text))


def write(order: Order) -> dict[str, int]:
    """Simulate and write; returns what was sent and planted."""
    (order.folder / "truth").mkdir(parents=True, exist_ok=True)
    ships, told, truths = fleet(order.ships, order.seed), Counter[str](), list[dict]()
    hours = _Hours()
    for ship in ships:
        truths += _sail(ship, order, hours, told)
    _strangers(order, hours, told)
    suffix = "nmea.gz" if order.form == "nmea" else "csv.gz"
    for (hour, station), lines in hours.lines.items():
        name = datetime.fromtimestamp(order.midnight + hour * HOUR_S, LOCAL).strftime("%Y-%m-%dT%H")
        head = "" if order.form == "nmea" else ",".join(CSV_COLUMNS) + "\n"
        lines.sort(key=lambda line: line[:2])
        text = head + "".join(line[2] + "\n" for line in lines)
        with gzip.open(order.folder / f"ais-{name}-{station}.{suffix}", "wb", GZIP_LEVEL) as out:
            out.write(text.encode())
        told["lines"] += len(lines)
    pq.write_table(pa.Table.from_pylist(truths), order.folder / "truth" / "fuel.parquet")
    register(ships, order.folder / "register.csv")
    (order.folder / "truth" / "planted.json").write_text(
        json.dumps({name: int(n) for name, n in told.items()}, indent=1), encoding="utf-8"
    )
    return {name: int(n) for name, n in told.items()}


def _sail(ship: Vessel, order: Order, hours: _Hours, told: Counter[str]) -> list[dict]:
    times = np.arange(0, order.days * DAY_S, STEP_S, dtype=np.float64)
    track = sailed(ship, times, order.seed)
    _send(ship, track, times, order, hours, told)
    main, other = burnt_kg(ship, track, STEP_S, order.seed)
    inside = _in_reach(track)
    main, other = main * inside, other * inside
    hour = (times // HOUR_S).astype(int)
    sums = [np.bincount(hour, values) for values in (main, other, track.knots * inside * STEP_S / HOUR_S)]
    present = np.bincount(hour, inside)
    return [
        {"ship": ship.number, "mmsi": ship.mmsi, "kind": ship.kind, "hour": int(order.midnight + h * HOUR_S),
         "main_kg": float(sums[0][h]), "other_kg": float(sums[1][h]), "distance_nm": float(sums[2][h]),
         "registered": ship.registered, "stated": ship.stated}
        for h in np.flatnonzero(present)
    ]  # fmt: skip


def _in_reach(track: Track) -> np.ndarray:
    """Where the ship is in the area and some station can hear it: the truth is of these times."""
    heard = np.zeros(len(track.state), np.bool_)
    for one in parameters()["stations"]:
        heard |= (
            np.hypot((track.longitude - one["at"][0]) * 0.857, track.latitude - one["at"][1]) * KM_PER_DEGREE
            < one["km"]
        )
    return heard & (track.state != AWAY)


def _chance(order: Order, name: str, ship: int, n: np.ndarray) -> np.ndarray:
    return uniform_array(np.array([code64(order.seed, name, ship)], np.uint64), n)


def _send(ship: Vessel, track: Track, times: np.ndarray, order: Order, hours: _Hours, told: Counter[str]) -> None:
    spec, faults = parameters(), parameters()["faults"]
    moving = track.state == SAILING
    every = np.where(moving, spec["every_s"]["class_b" if ship.class_b else "moving"], spec["every_s"]["still"])
    phase = ship.number * STEP_S
    due = np.flatnonzero(((times + phase) % (every * order.thin) < STEP_S) & (track.state != AWAY))
    u = {name: _chance(order, name, ship.number, due) for name in ("bad", "heard", "lag", "jitter")}
    second = times[due].astype(np.int64) + (u["jitter"] * 9).astype(np.int64) + order.midnight
    latitude, longitude = track.latitude[due].copy(), track.longitude[due].copy()
    speed = np.round(track.knots[due] * 10 + (u["jitter"] - 0.5) * 0.8).clip(0).astype(np.int64)
    edge = 0.0
    for name in ("no_position", "no_speed", "teleport"):
        hit = (u["bad"] >= edge) & (u["bad"] < edge + faults[name])
        edge += faults[name]
        told[name] += int(hit.sum())
        if name == "no_position":
            latitude[hit], longitude[hit] = 91.0, 181.0
        elif name == "no_speed":
            speed[hit] = 1023
        else:
            latitude[hit] += 0.9
    status = np.array([STATUS.get(s, 15) for s in track.state[due].tolist()])
    status = np.full(len(due), 0) if ship.stale else status
    fields = {
        "mmsi": np.full(len(due), ship.mmsi), "status": status, "speed": speed,
        "longitude": np.round(longitude * radio.UNITS), "latitude": np.round(latitude * radio.UNITS),
        "course": np.round(track.course[due] * 10), "heading": np.round(track.course[due]).clip(0, 359),
        "second": second % 60,
    }  # fmt: skip
    told["positions_sent"] += len(due)
    texts = _position_texts(ship, fields, order)
    where = np.column_stack([track.longitude[due], track.latitude[due]])
    for station in spec["stations"]:
        _receive(ship, station, where, second, texts, u, order, hours, told)
    _state(ship, track, order, hours, told)


def _position_texts(ship: Vessel, fields: dict[str, np.ndarray], order: Order) -> list[str]:
    if order.form == "nmea":
        return [radio.sentences(p, "AB"[n % 2]) for n, p in enumerate(radio.payloads(fields, ship.class_b))]
    kind = 18 if ship.class_b else 1
    return [
        f"{kind},{ship.mmsi},{sec},{'' if ship.class_b else st},{'' if kn == 1023 else kn / 10},{x / radio.UNITS:.6f},"
        f"{y / radio.UNITS:.6f},{c / 10},{h},,,,,,,"
        for sec, st, kn, x, y, c, h in zip(
            *(fields[name].astype(int).tolist()
              for name in ("second", "status", "speed", "longitude", "latitude", "course", "heading")), strict=True)
    ]  # fmt: skip


def _receive(
    ship: Vessel, station: dict, where: np.ndarray, second: np.ndarray, texts: list[str], u: dict[str, np.ndarray],
    order: Order, hours: _Hours, told: Counter[str],
) -> None:  # fmt: skip
    faults, name = parameters()["faults"], station["name"]
    apart = KM_PER_DEGREE * np.hypot((where[:, 0] - station["at"][0]) * 0.857, where[:, 1] - station["at"][1])
    own = _chance(order, f"receive {name}", ship.number, np.arange(len(second)))
    heard = np.flatnonzero((apart < station["km"]) & (own >= faults["lost"]))
    v = _chance(order, f"line {name}", ship.number, np.arange(len(second)))
    for i in heard.tolist():
        _deliver(name, int(second[i]) + int(own[i] * 3), texts[i], float(v[i]), order, hours, told)


def _deliver(
    station: str, clock: int, text: str, v: float, order: Order, hours: _Hours, told: Counter[str]
) -> None:  # fmt: skip
    """One received line with the faults of stations: broken, cut, wrong clock, a day late."""
    faults = parameters()["faults"]
    hour, edge = (clock - order.midnight) // HOUR_S, faults["late_station"]
    if v < edge:
        hour += 24
        told["late"] += 1
    elif v < (edge := edge + faults["wrong_clock"]):
        clock += 40 * DAY_S
        told["wrong_clock"] += 1
    line = f"{clock},{station},{text}" if order.form != "nmea" else radio.tagged(station, clock, text)
    if order.form == "nmea" and v > 1.0 - faults["checksum"]:
        line = line[:-2] + ("00" if line[-2:] != "00" else "11")
        told["checksum"] += 1
    elif order.form == "nmea" and v > 1.0 - faults["checksum"] - faults["cut"]:
        line = line[:-12]
        told["cut"] += 1
    hours.add(hour, station, clock, line)


def _state(ship: Vessel, track: Track, order: Order, hours: _Hours, told: Counter[str]) -> None:
    """What the ship says of itself, every six minutes while it is in the area."""
    faults, every = parameters()["faults"], parameters()["static_s"]
    lines = radio.static(ship, ship.number) if order.form == "nmea" else [_static_text(ship)]
    present = np.flatnonzero(track.state[:: every // STEP_S] != AWAY)
    v = _chance(order, "static", ship.number, np.arange(4 * len(track.state)))
    for n in present.tolist():
        clock = order.midnight + n * every + ship.number % every
        station = parameters()["stations"][n % 2]["name"]
        missing = v[4 * n] < faults["part_missing"] and len(lines) > 1 and not ship.class_b
        told["part_missing"] += missing
        for k, line in enumerate(lines[:1] if missing else lines):
            _deliver(station, clock + k, line, 0.5, order, hours, told)
        told["static_sent"] += 1


def _static_text(ship: Vessel) -> str:
    size = f"{ship.ais_type},{ship.length},{ship.beam}" if ship.stated else ",,"
    kind = 24 if ship.class_b else 5
    draught = "" if ship.class_b else ship.draught
    return f"{kind},{ship.mmsi},,,,,,,,{ship.imo or ''},S{ship.number:05d},{ship.name},{size},{draught}"


def _strangers(order: Order, hours: _Hours, told: Counter[str]) -> None:
    """Base stations and aids to navigation, whose messages are no ships'."""
    if order.form != "nmea":
        return
    text = radio.encode_dict({"msg_type": 4, "mmsi": 4121200, "lat": 31.3, "lon": 121.7}, sentence_type="VDM")[0]
    step = max(10, round(60 / (1 + 50 * parameters()["faults"]["other_type"])))
    for clock in range(order.midnight, order.midnight + order.days * DAY_S, step):
        _deliver(parameters()["stations"][0]["name"], clock, text, 0.5, order, hours, told)
        told["other_type"] += 1


def register(ships: list[Vessel], path: Path) -> None:
    """The operator's register: identity and particulars of a part of the ships."""
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(["mmsi", "ship_id", "ship_type", "deadweight_t", "built_year", "main_engine_kw", "engine_type",
                        "reference_speed_kn", "design_draught_m", "fuel"])  # fmt: skip
        for s in (s for s in ships if s.registered):
            own = parameters()["classes"][s.kind]["zh"]
            fuel = "mdo" if s.kind == "inland_cargo" or s.deadweight < 8_000 else "lfo"
            lines.writerow([s.mmsi, s.imo or s.name, own, s.deadweight, s.built_year, s.engine_kw, s.engine,
                            s.trial_knots, s.design_draught, fuel])  # fmt: skip
