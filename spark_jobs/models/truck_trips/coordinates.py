"""WGS-84, GCJ-02 and BD-09: conversion by the published algorithms, inverses by iteration, and telling them apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spark_jobs.models.frame import BoolArray, FloatArray

# Constants of the algorithm as published (eviltransform, coordtransform and others agree): Krasovsky 1940 ellipsoid.
SEMI_MAJOR_M, ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323
CENTRE_LON, CENTRE_LAT = 105.0, 35.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
BAIDU_PI, BAIDU_LON, BAIDU_LAT = np.pi * 3000.0 / 180.0, 0.0065, 0.006
BAIDU_RADIUS, BAIDU_ANGLE = 0.00002, 0.000003
STEPS = 8  # each step of the inverse leaves about a thousandth of the error before
SYSTEMS = ("wgs84", "gcj02", "bd09")


def within_china(lat: FloatArray, lon: FloatArray) -> BoolArray:
    """The rectangle within which GCJ-02 is defined by the algorithm; outside it is WGS-84."""
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def gcj02_from_wgs84(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Degrees WGS-84 → degrees GCJ-02, shape (rows,)."""
    x, y = lon - CENTRE_LON, lat - CENTRE_LAT
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    flat = 1.0 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (flat * np.sqrt(flat))
    parallel = SEMI_MAJOR_M / np.sqrt(flat) * np.cos(phi)
    inside = within_china(lat, lon)
    return (
        np.where(inside, lat + np.degrees(north / meridian), lat),
        np.where(inside, lon + np.degrees(east / parallel), lon),
    )


def bd09_from_gcj02(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Degrees GCJ-02 → degrees BD-09, shape (rows,)."""
    radius = np.hypot(lon, lat) + BAIDU_RADIUS * np.sin(lat * BAIDU_PI)
    angle = np.arctan2(lat, lon) + BAIDU_ANGLE * np.cos(lon * BAIDU_PI)
    return radius * np.sin(angle) + BAIDU_LAT, radius * np.cos(angle) + BAIDU_LON


def _inverse(
    forward: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]], lat: FloatArray, lon: FloatArray
) -> tuple[FloatArray, FloatArray]:
    guess_lat, guess_lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    for _ in range(STEPS):
        there_lat, there_lon = forward(guess_lat, guess_lon)
        guess_lat, guess_lon = guess_lat - (there_lat - lat), guess_lon - (there_lon - lon)
    return guess_lat, guess_lon


def wgs84_from_gcj02(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Degrees GCJ-02 → degrees WGS-84 by fixed-point iteration, to a millimetre."""
    return _inverse(gcj02_from_wgs84, lat, lon)


def gcj02_from_bd09(lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Degrees BD-09 → degrees GCJ-02 by fixed-point iteration, to a millimetre."""
    return _inverse(bd09_from_gcj02, lat, lon)


def to_wgs84(lat: FloatArray, lon: FloatArray, system: str) -> tuple[FloatArray, FloatArray]:
    """Degrees of a system (wgs84, gcj02, bd09) → degrees WGS-84."""
    if system == "bd09":
        lat, lon = gcj02_from_bd09(lat, lon)
    return (lat, lon) if system == "wgs84" else wgs84_from_gcj02(lat, lon)


def told_apart(
    lat: FloatArray,
    lon: FloatArray,
    distance_m: Callable[[FloatArray, FloatArray], FloatArray],
    clear: float,
    near: float,
) -> tuple[str | None, dict[str, float]]:
    """Which system the coordinates are in, by how near they come to known points when read in each.

    A track alone cannot tell, for the shifts are smooth; against roads or places in WGS-84 they are 300–1,000 m off.

    Args:
        distance_m: degrees WGS-84 → distance (m) to the nearest known point.
        clear: the best median must be at most this share of the second best. ``near``: and at most so many metres.
    Returns:
        system, or None where it cannot be told; median distance (m) under each system.
    """
    medians = {s: float(np.median(distance_m(*to_wgs84(lat, lon, s)))) for s in SYSTEMS} if len(lat) else {}
    ranked = sorted(medians, key=medians.__getitem__)
    sure = bool(ranked) and medians[ranked[0]] <= near and medians[ranked[0]] <= clear * medians[ranked[1]]
    return (ranked[0] if sure else None), medians
