"""Trucks through their days second by second: shifts, trips over the network, signals, congestion, stops at ramps."""

from __future__ import annotations

import math
from functools import lru_cache

import numba
import numpy as np

from infra.upstream.fleet.chance import between, normal, seeded, uniform
from infra.upstream.fleet.engine import constants, revolutions, second
from infra.upstream.fleet.fixes import COUNTS, FATIGUE, OVERSPEED, STATE, rates, report
from infra.upstream.fleet.network import KNOT_M, network, parameters
from infra.upstream.fleet.vehicles import Fleet

DAY_S, HOUR_S = 86400, 3600
ROWS_A_DAY, ROWS_MORE = 1300, 4000  # room for fixes: a truck-day in the mean of a block, and a few full days
BRAKING = 0.85  # m/s² before signals and goals
FUEL_G, METRES, ENGINE_S = range(3)
# Where a truck is: one float array each.
T, ROAD, ALONG, SPEED, MASS, LOAD, SIGNAL, RED_S, WAVE, WAVE_S, ROW, ENGINE_SINCE, PLACE, SLOTS = range(14)


@lru_cache(maxsize=1)
def plan() -> np.ndarray:
    """Numbers of shifts and trips in the order in which ``shift`` reads them."""
    p = parameters()
    s, t, w = p["shifts"], p["trips"], p["load"]
    return np.array([
        *s["day_start_h"], *s["night_start_h"], *s["length_h"], s["rest_day"], *t["load_minutes"],
        t["engine_off_share"], *t["idle_before_off_minutes"], *w["half"], *w["full"], p["report"]["interval_s"],
        p["report"]["parked_interval_s"], p["urban_congestion"], p["faults"]["day_late"],
    ])  # fmt: skip


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def slope_at(road: int, along: float, knot: np.ndarray, height: np.ndarray) -> tuple[float, float]:
    """Rise over run and height (m) on a road."""
    k = knot[road] + int(along / KNOT_M)
    part = along / KNOT_M - int(along / KNOT_M)
    rise = height[k + 1] - height[k]
    return rise / KNOT_M, height[k] + rise * part


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def rest(
    now: np.ndarray, until: float, engine: bool, phase: int, own: np.ndarray, net: tuple, p: np.ndarray, c: np.ndarray,
    revs: np.ndarray, truth: np.ndarray, vehicle: int, out: np.ndarray, faults: np.ndarray, rng: np.ndarray,
    r: np.ndarray, counts: np.ndarray, late: np.ndarray, gcj: bool,
) -> None:  # fmt: skip
    """Stand still at a place until a second, the engine idling or off."""
    lat, lon = net[0], net[1]
    every = int(p[16]) if engine else int(p[17])
    t = int(now[T])
    place = int(now[PLACE])
    last = min(int(until), len(truth) * HOUR_S)
    if engine:
        _, gram = second(0.0, 0.0, 0.0, now[MASS], own, c, revs)
        for s in range(max(t, 0), last):
            truth[s // HOUR_S, FUEL_G] += gram
            truth[s // HOUR_S, ENGINE_S] += 1.0
    s = t + (phase - t) % every
    while s < last:
        if s >= 0:
            now[ROW] = report(
                s, lat[place], lon[place], 5.0, 0.0, 0.0, engine, int(now[LOAD]), 0, late[s // DAY_S] > 0, gcj, vehicle,
                int(now[ROW]), out, faults, rng, r, counts,
            )  # fmt: skip
        s += every
    now[T] = max(until, t)


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def travel(
    now: np.ndarray, goal: int, phase: int, own: np.ndarray, net: tuple, congestion: np.ndarray, p: np.ndarray,
    c: np.ndarray, revs: np.ndarray, truth: np.ndarray, driven: np.ndarray, vehicle: int, out: np.ndarray,
    faults: np.ndarray, rng: np.ndarray, r: np.ndarray, counts: np.ndarray, late: np.ndarray, gcj: bool,
) -> None:  # fmt: skip
    """Drive from the present place to ``goal`` second by second."""
    lat, lon, start, end, length, klass, limit, signals, red, knot, height, hop = net
    t, place, speed = int(now[T]), int(now[PLACE]), 0.0
    every, last = int(p[16]), len(truth) * HOUR_S
    wave, wave_until, began = 1.0, 0, t
    while place != goal and t < last:
        road = hop[goal, place]
        whole, top, kind = length[road], limit[road] * own[7], klass[road]
        along, stop_for = 0.0, 0
        next_signal = signals[road] * between(rng, 0.4, 1.6) if signals[road] > 0 else 1e12
        is_red = uniform(rng) < red[road]
        a, b = start[road], end[road]
        heading = (math.degrees(math.atan2(
            (lon[b] - lon[a]) * math.cos(math.radians(lat[a])), lat[b] - lat[a])) + 360.0) % 360.0  # fmt: skip
        final = b == goal
        while along < whole and t < last:
            if t >= wave_until:
                busy = congestion[(t // HOUR_S) % 24]
                busy = busy ** p[18] if kind == 2 else busy
                wave = min(1.06, busy + (0.05 + 0.30 * (1.0 - busy)) * normal(rng))
                wave = max(wave, 0.12)
                wave_until = t + 40 + int(140.0 * uniform(rng))
            target = top * wave
            if stop_for > 0:
                stop_for -= 1
                target = 0.0
            elif is_red:
                room = next_signal - along
                target = min(target, math.sqrt(2.0 * BRAKING * room)) if room > 2.0 else 0.0
                if room <= 6.0 and speed < 1.0:
                    stop_for, is_red = int(between(rng, 6.0, 65.0)), False
            if along >= next_signal:
                next_signal += signals[road] * between(rng, 0.4, 1.6)
                is_red = uniform(rng) < red[road]
            if final:
                target = min(target, math.sqrt(2.0 * BRAKING * max(whole - along, 1.0)))
            elif whole - along < 150.0:
                target = min(target, 11.0 if kind else 17.0)
            grade, level = slope_at(road, along, knot, height)
            after, gram = second(speed, target, grade, now[MASS], own, c, revs)
            if t >= 0:
                hour = truth[t // HOUR_S]
                hour[FUEL_G] += gram
                hour[METRES] += 0.5 * (speed + after)
                driven[t // HOUR_S, road] += 0.5 * (speed + after)
                hour[ENGINE_S] += 1.0
                if t % every == phase % every:
                    part = min(along / whole, 1.0)
                    alarm = (OVERSPEED if speed > 1.1 * limit[road] else 0) | (FATIGUE if t - began > 14400 else 0)
                    now[ROW] = report(
                        t, lat[a] + (lat[b] - lat[a]) * part, lon[a] + (lon[b] - lon[a]) * part, level, speed, heading,
                        True, int(now[LOAD]), alarm, late[t // DAY_S] > 0, gcj, vehicle, int(now[ROW]), out, faults,
                        rng, r, counts,
                    )  # fmt: skip
            along += 0.5 * (speed + after)
            if after < 0.05 and target < 1.0 and stop_for == 0 and not is_red:
                after = 0.6
            speed = after
            t += 1
        place = b
    now[PLACE], now[T] = place, t


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def drive(
    first: int, terminals: int, seed: int, days: int, kerb: np.ndarray, payload: np.ndarray, home: np.ndarray,
    night: np.ndarray, gcj: np.ndarray, own: np.ndarray, net: tuple, congestion: np.ndarray, p: np.ndarray,
    c: np.ndarray, revs: np.ndarray, r: np.ndarray, out: np.ndarray, truth: np.ndarray, driven: np.ndarray,
    counts: np.ndarray,
) -> int:  # fmt: skip
    """All days of a block of trucks; returns the number of fixes written to ``out``.

    ``truth``: (truck, hour, sum); ``driven``: metres by (truck, hour, road).
    """
    rng, now, faults = np.zeros(1, np.uint64), np.zeros(SLOTS), np.zeros(STATE)
    late, places, row = np.zeros(days, np.int8), len(net[0]), 0
    for v in range(terminals):
        seeded(seed, first + v, rng)
        now[:], faults[:] = 0.0, 0.0
        now[ROW], now[PLACE] = row, home[v]
        phase = int(p[17] * uniform(rng))
        load = 2 if uniform(rng) < 0.5 else 0
        for d in range(days):
            late[d] = 1 if uniform(rng) < p[19] else 0
        for day in range(-1 if night[v] else 0, days):
            resting = uniform(rng) < p[6]
            begin = day * DAY_S + HOUR_S * (between(rng, p[2], p[3]) if night[v] else between(rng, p[0], p[1]))
            over = begin + HOUR_S * between(rng, p[4], p[5])
            if day < 0:
                now[T] = begin
            if resting or (begin <= now[T] and day >= 0):
                continue
            now[LOAD], now[MASS] = load, 1000.0 * (kerb[v] + payload[v] * loaded(load, p, rng))
            rest(now, begin, False, phase, own[v], net, p, c, revs, truth[v], v, out, faults, rng, r, counts, late,
                 gcj[v])  # fmt: skip
            rest(now, now[T] + between(rng, 60.0, 300.0), True, phase, own[v], net, p, c, revs, truth[v], v, out,
                 faults, rng, r, counts, late, gcj[v])  # fmt: skip
            while now[T] < days * DAY_S:
                homeward = now[T] > over - HOUR_S
                goal = home[v] if homeward else nearest_of(3, int(now[PLACE]), places, net[0], net[1], rng)
                travel(now, goal, phase, own[v], net, congestion, p, c, revs, truth[v], driven[v], v, out, faults, rng,
                       r, counts, late, gcj[v])  # fmt: skip
                if homeward:
                    break
                until = now[T] + 60.0 * between(rng, p[7], p[8])
                idle = min(until, now[T] + 60.0 * between(rng, p[10], p[11]))
                off = uniform(rng) < p[9]
                rest(now, idle if off else until, True, phase, own[v], net, p, c, revs, truth[v], v, out, faults, rng,
                     r, counts, late, gcj[v])  # fmt: skip
                if off:
                    rest(now, until, False, phase, own[v], net, p, c, revs, truth[v], v, out, faults, rng, r, counts,
                         late, gcj[v])  # fmt: skip
                draw = uniform(rng)
                load = (2 if draw < 0.75 else 1) if load == 0 else 0
                load_code = 3 if load == 2 else load
                now[LOAD], now[MASS] = load_code, 1000.0 * (kerb[v] + payload[v] * loaded(load, p, rng))
        rest(now, float(days * DAY_S), False, phase, own[v], net, p, c, revs, truth[v], v, out, faults, rng, r, counts,
             late, gcj[v])  # fmt: skip
        row = int(now[ROW])
    return row


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def loaded(load: int, p: np.ndarray, rng: np.ndarray) -> float:
    """True payload over rated payload for load 0 empty, 1 half, 2 full."""
    if load == 0:
        return 0.0
    return between(rng, p[12], p[13]) if load == 1 else between(rng, p[14], p[15])


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def nearest_of(draws: int, place: int, places: int, lat: np.ndarray, lon: np.ndarray, rng: np.ndarray) -> int:
    """The nearest of a few places drawn, never the present one."""
    best, least = (place + 1) % places, 1e9
    for _ in range(draws):
        other = int(places * uniform(rng))
        far = abs(lat[other] - lat[place]) + abs(lon[other] - lon[place])
        if other != place and far < least:
            best, least = other, far
    return best


def block(
    fleet: Fleet, first: int, last: int, seed: int, days: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of trucks ``first`` … ``last``: fixes (rows × 10, see ``report``), truth (trucks × hours × 3), metres driven
    (trucks × hours × roads) and fault counts."""
    n, size = network(), last - first
    net = (n.lat, n.lon, n.start, n.end, n.length_m, n.klass, n.limit_m_s, n.signals_m, n.red, n.knot, n.height, n.hop)
    out = np.empty(((size * ROWS_A_DAY + ROWS_MORE) * days, 10), np.int32)
    truth, counts = np.zeros((size, days * 24, 3)), np.zeros(COUNTS, np.int64)
    driven = np.zeros((size, days * 24, len(n.start)), np.float32)
    of = slice(first, last)
    rows = drive(
        first, size, seed, days, fleet.kerb_t[of], fleet.payload_t[of], fleet.home[of], fleet.night[of], fleet.gcj[of],
        fleet.true[of], net, np.array(parameters()["congestion"]), plan(), constants(), revolutions(), rates(), out,
        truth, driven, counts,
    )  # fmt: skip
    out[:rows, 0] += first
    return out[:rows], truth, driven, counts
