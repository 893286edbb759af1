"""Conversion between units of one dimension, such as `kJ/kg` to `GJ/t`.

A unit is `numerator` or `numerator/denominator`. Only tokens of the table below convert; any other unit (for example
`kWh/move`) is known by its exact spelling alone. Gas volumes are taken at the standard conditions of their source, so
`m3` and `Nm3` are one unit.
"""

from functools import lru_cache


class UnitError(ValueError):
    """The two units are not of one dimension, or one of them is unknown."""


# token: (dimension, size in the dimension's base unit)
_TOKENS: dict[str, tuple[str, float]] = {
    "g": ("mass", 1e-3),
    "kg": ("mass", 1.0),
    "t": ("mass", 1e3),
    "Gg": ("mass", 1e6),
    "kJ": ("energy", 1e-3),
    "MJ": ("energy", 1.0),
    "GJ": ("energy", 1e3),
    "TJ": ("energy", 1e6),
    "kWh": ("energy", 3.6),
    "MWh": ("energy", 3.6e3),
    "L": ("volume", 1e-3),
    "m3": ("volume", 1.0),
    "Nm3": ("volume", 1.0),
    "10kNm3": ("volume", 1e4),
    "10^4 Nm3": ("volume", 1e4),
    "kgce": ("standard coal", 1.0),
    "tce": ("standard coal", 1e3),
    "m": ("length", 1.0),
    "km": ("length", 1e3),
    "mi": ("length", 1609.344),
    "nm": ("length", 1852.0),
    "%": ("share", 1e-2),
    "share": ("share", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "s": ("time", 1.0),
}
_SPELLINGS = {"t fuel": "t", "kg fuel": "kg", "kg C": "kgC"}
_MASS_PREFIXES = {"g": 1e-3, "kg": 1.0, "t": 1e3}
_SUBSTANCES = ("CO2e", "CO2", "C")


def _token(token: str) -> tuple[str, float] | None:
    token = _SPELLINGS.get(token, token)
    if token in _TOKENS:
        return _TOKENS[token]
    for substance in _SUBSTANCES:
        prefix = token.removesuffix(substance)
        if prefix != token and prefix in _MASS_PREFIXES:
            return f"mass of {substance}", _MASS_PREFIXES[prefix]
    return None


@lru_cache(maxsize=1024)
def ratio(unit: str, wanted: str) -> float:
    """Return x such that 1 `unit` = x `wanted`; raise UnitError where they are not of one dimension."""
    if unit == wanted:
        return 1.0
    have, want = unit.split("/"), wanted.split("/")
    tokens = [(_token(a), _token(b)) for a, b in zip(have, want, strict=False)]
    if len(have) != len(want) or len(have) > 2 or any(a is None or b is None or a[0] != b[0] for a, b in tokens):
        raise UnitError(f"{unit} cannot be converted to {wanted}")
    scales = [a[1] / b[1] for a, b in tokens]  # type: ignore[index]
    return scales[0] / scales[1] if len(scales) == 2 else scales[0]
