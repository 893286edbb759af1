"""Sectors as data: ``sectors/<sector>/sector.yaml``."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

_SECTORS = Path(__file__).resolve().parents[1] / "sectors"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Measure(_Strict):
    """A transport measure that the sector reports."""

    code: str
    title_zh: str
    unit: str


class Standard(_Strict):
    """A standard that the sector follows; `text_read` is false where only its title or a quotation is known."""

    code: str
    title_zh: str
    text_read: bool


class Remainder(_Strict):
    """What the key units are of the whole sector, by energy: the rest is estimated from it, where nothing else does.

    `verified` is `no` where no statistics stand behind the share: then it is an assumption, and shown as one.
    """

    key_unit_share: float = Field(gt=0, le=1)
    verified: Literal["yes", "no"]
    basis_zh: str


class Sector(_Strict):
    """A transport sector: its measures, what intensities are per, its boundaries and standards."""

    sector: str
    title_zh: str
    transport: tuple[Measure, ...] = Field(min_length=1)
    intensity_denominators: tuple[str, ...] = Field(min_length=1)
    boundaries: tuple[str, ...]
    boundary_zh: str
    standards: tuple[Standard, ...] = Field(min_length=1)
    remainder: Remainder | None = None  # none: the sector's rest is modelled from its fleets
    formulas: tuple[str, ...] = Field((), description="ids in the factor library's guideline_formulas")
    methods: tuple[str, ...] = Field((), description="methods.yaml: how its reports and its objects are reckoned")

    @model_validator(mode="after")
    def _denominators(self) -> "Sector":
        strange = set(self.intensity_denominators) - {m.code for m in self.transport}
        if strange:
            raise ValueError(f"intensity denominators {sorted(strange)} are no transport measure of {self.sector}")
        return self


@lru_cache(maxsize=1)
def sectors() -> MappingProxyType[str, Sector]:
    """Return the sectors by name; raises ValueError naming a file that is wrong or stands in another's folder."""
    found = {}
    for path in sorted(_SECTORS.glob("*/sector.yaml")):
        sector = Sector.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        if sector.sector != path.parent.name:
            raise ValueError(f"{path}: sector {sector.sector} stands in the folder {path.parent.name}")
        found[sector.sector] = sector
    if not found:
        raise ValueError(f"no sector is described under {_SECTORS}")
    return MappingProxyType(found)
