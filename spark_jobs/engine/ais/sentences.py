"""NMEA 0183 sentences (tag block and AIVDM) of a block of bytes → kinds and fields of positions, compiled.

The positions of classes A and B (message types 1, 2, 3, 18, 19) are decoded here, bit by bit of ITU-R M.1371-5 tables
48, 70 and 72; of the others the place of the payload is kept for the library that decodes them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

POSITION, STATIC, PART = range(3)
REFUSALS = ("unreadable", "bad_checksum", "no_clock", "other_type")
UNREADABLE, BAD_CHECKSUM, NO_CLOCK, OTHER_TYPE = (-1 - n for n in range(4))
(KIND, CLOCK, STATION, TYPE, MMSI, SECOND, STATUS, SPEED, LONGITUDE, LATITUDE, COURSE, HEADING, BEGIN, END, FILL, TOTAL,
 NUMBER, SEQUENCE) = range(18)  # fmt: skip
FIELDS = 18
CLASS_B_STATUS = 15  # class B says nothing about its status: "not defined"
MILLISECONDS_FROM = 100_000_000_000


@dataclass(frozen=True)
class Sentences:
    """One row a line, ``FIELDS`` columns; ``KIND`` is negative where the line was refused."""

    data: np.ndarray
    rows: np.ndarray


@numba.njit(cache=True, nogil=True, inline="always")
def _six(byte: int) -> int:
    value = byte - 48
    return value - 8 if value > 40 else value


@numba.njit(cache=True, nogil=True)
def bits(data: np.ndarray, begin: int, first: int, count: int) -> int:
    """Unsigned value of ``count`` bits from bit ``first`` of the payload that begins at byte ``begin``."""
    value, last = 0, first + count - 1
    for k in range(first // 6, last // 6 + 1):
        value = (value << 6) | _six(data[begin + k])
    return (value >> (5 - last % 6)) & ((1 << count) - 1)


@numba.njit(cache=True, nogil=True)
def _signed(value: int, count: int) -> int:
    return value - (1 << count) if value >> (count - 1) else value


@numba.njit(cache=True, nogil=True)
def _hex(byte: int) -> int:
    if 48 <= byte <= 57:
        return byte - 48
    if 65 <= byte <= 70:
        return byte - 55
    return byte - 87 if 97 <= byte <= 102 else 99


@numba.njit(cache=True, nogil=True)
def _summed(data: np.ndarray, begin: int, end: int) -> int:
    """Place of the ``*`` after which the right checksum of the bytes before it stands; −1 wrong, −2 none."""
    total = 0
    for k in range(begin, end):
        if data[k] == 42:
            if k + 2 >= end:
                return -2
            return k if _hex(data[k + 1]) * 16 + _hex(data[k + 2]) == total else -1
        total ^= data[k]
    return -2


@numba.njit(cache=True, nogil=True)
def _tagged(data: np.ndarray, begin: int, end: int, row: np.ndarray) -> None:
    """Clock (``c:``) and station (a hash of ``s:``) of a tag block."""
    k = begin
    while k < end:
        stop = k
        while stop < end and data[stop] != 44:
            stop += 1
        if stop - k > 2 and data[k + 1] == 58:
            value = 0
            for j in range(k + 2, stop):
                value = value * 10 + data[j] - 48 if data[k] == 99 else (value * 131 + data[j]) & 0x7FFFFFFF
            if data[k] == 99:
                row[1] = value // 1000 if value >= 100_000_000_000 else value
            elif data[k] == 115:
                row[2] = value
        k = stop + 1


@numba.njit(cache=True, nogil=True)
def _position(data: np.ndarray, begin: int, kind: int, row: np.ndarray) -> None:
    shift = 0 if kind <= 3 else -4
    row[4] = bits(data, begin, 8, 30)
    row[6] = bits(data, begin, 38, 4) if kind <= 3 else 15
    row[7] = bits(data, begin, 50 + shift, 10)
    row[8] = _signed(bits(data, begin, 61 + shift, 28), 28)
    row[9] = _signed(bits(data, begin, 89 + shift, 27), 27)
    row[10] = bits(data, begin, 116 + shift, 12)
    row[11] = bits(data, begin, 128 + shift, 9)
    row[5] = bits(data, begin, 137 + shift, 6)


@numba.njit(cache=True, nogil=True)
def _line(data: np.ndarray, begin: int, end: int, row: np.ndarray) -> int:
    if data[begin] == 92:
        stop = begin + 1
        while stop < end and data[stop] != 92:
            stop += 1
        star = _summed(data, begin + 1, stop)
        if stop == end or star == -2:
            return -1
        if star == -1:
            return -2
        _tagged(data, begin + 1, star, row)
        begin = stop + 1
    if end - begin < 14 or data[begin] != 33 or data[begin + 3] != 86 or data[begin + 4] != 68 or data[begin + 5] != 77:
        return -1
    star = _summed(data, begin + 1, end)
    if star < 0:
        return -1 if star == -2 else -2
    comma, count = np.empty(6, np.int64), 0
    for k in range(begin, star):
        if data[k] == 44:
            if count == 6:
                return -1
            comma[count] = k
            count += 1
    if count < 6 or comma[1] != comma[0] + 2 or comma[2] != comma[1] + 2 or star != comma[5] + 2:
        return -1
    return _content(data, comma, row)


@numba.njit(cache=True, nogil=True)
def _content(data: np.ndarray, comma: np.ndarray, row: np.ndarray) -> int:
    row[12], row[13], row[14] = comma[4] + 1, comma[5], data[comma[5] + 1] - 48
    row[15], row[16] = data[comma[0] + 1] - 48, data[comma[1] + 1] - 48
    row[17] = data[comma[2] + 1] - 48 if comma[3] > comma[2] + 1 else -1
    for k in range(row[12], row[13]):
        if not (48 <= data[k] <= 87 or 96 <= data[k] <= 119):
            return -1
    if row[13] == row[12] or not 0 <= row[14] <= 5 or not 1 <= row[16] <= row[15]:
        return -1
    if row[1] == 0:
        return -3
    kind = _six(data[row[12]])
    if row[15] > 1:
        row[3] = kind if row[16] == 1 else 0
        return 2
    row[3] = kind
    length = 6 * (row[13] - row[12]) - row[14]
    if kind == 1 or kind == 2 or kind == 3 or kind == 18 or kind == 19:
        if length < (312 if kind == 19 else 168):
            return -1
        _position(data, row[12], kind, row)
        return 0
    return 1 if kind == 5 or kind == 24 else -4


@numba.njit(cache=True, nogil=True)
def _scan(data: np.ndarray, lines: np.ndarray, rows: np.ndarray) -> None:
    begin = 0
    for i in range(len(lines)):
        end = lines[i]
        stop = end - 1 if end > begin and data[end - 1] == 13 else end
        rows[i, 0] = _line(data, begin, stop, rows[i]) if stop > begin else -1
        begin = end + 1


def scanned(block: bytes) -> Sentences:
    """Read whole lines; a refused line's other fields mean nothing."""
    data = np.frombuffer(block, np.uint8)
    lines = np.flatnonzero(data == ord("\n"))
    if len(data) and data[-1] != ord("\n"):
        lines = np.append(lines, len(data))
    rows = np.zeros((len(lines), FIELDS), np.int64)
    _scan(data, lines, rows)
    return Sentences(data, rows)
