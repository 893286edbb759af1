"""Sectors as data: ``sectors/<sector>/sector.yaml``, and what all have in common, ``sectors/common.yaml``."""

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

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
    use_zh: str = ""  # what of it the sector's account takes, and where it departs from it
    text_read: bool


class Remainder(_Strict):
    """What the key units are of the whole sector, by energy: the rest is estimated from it, where nothing else does.

    `verified` is `no` where no statistics stand behind the share: then it is an assumption, and shown as one.
    """

    key_unit_share: float = Field(gt=0, le=1)
    verified: Literal["yes", "no"]
    basis_zh: str


class Sector(_Strict):
    """A transport sector: what it reports and is measured by, its boundaries, standards, formulas and methods."""

    sector: str
    title_zh: str
    transport: tuple[Measure, ...] = Field(min_length=1)
    boundaries: tuple[str, ...]
    boundary_zh: str
    standards: tuple[Standard, ...] = Field(min_length=1)
    remainder: Remainder | None = None  # none: the sector's rest is modelled from its fleets
    feeds: tuple[str, ...] = Field(min_length=1, description="what its account is made and checked from")
    formulas: tuple[str, ...] = Field(min_length=1, description="ids in the factor library's guideline_formulas")
    methods: tuple[str, ...] = Field(min_length=1, description="methods.yaml: how its reports and objects are reckoned")


class _Common(_Strict):
    feeds: tuple[str, ...]
    methods: tuple[str, ...]


@lru_cache(maxsize=1)
def sectors() -> MappingProxyType[str, Sector]:
    """Return the sectors by name; raises ValueError naming a file that is wrong or stands in another's folder."""
    found = {}
    common = _Common.model_validate(yaml.safe_load((_SECTORS / "common.yaml").read_text(encoding="utf-8")))
    for path in sorted(_SECTORS.glob("*/sector.yaml")):
        own = Sector.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        both = {"feeds": (*common.feeds, *own.feeds), "methods": (*common.methods, *own.methods)}
        sector = own.model_copy(update=both)
        if sector.sector != path.parent.name:
            raise ValueError(f"{path}: sector {sector.sector} stands in the folder {path.parent.name}")
        found[sector.sector] = sector
    if not found:
        raise ValueError(f"no sector is described under {_SECTORS}")
    return MappingProxyType(found)
