"""True content of the reporting platform's records; plain dictionaries in wire form, nothing planted."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.clock import label, shift
from infra.upstream.rng import draws, normals
from infra.upstream.world.activity import DECIMALS, STOCKED, UNITS, noise
from infra.upstream.world.enterprises import Enterprise, sectors
from infra.upstream.world.model import World

Month = tuple[int, int]
CARBON_TO_CO2 = 44.0 / 12.0
QUANTITIES = (
    "opening_stock",
    "purchased",
    "resold",
    "closing_stock",
    "consumption",
    "use_transport",
    "use_production",
    "use_other",
)


@lru_cache(maxsize=1)
def own_parameters() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "own_parameters.yaml").read_text(encoding="utf-8"))


class Rows:
    """Builds records from the world's physics. ``scale`` is the error that a later correction mends (1 = none)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.physics = world.physics
        self.seed = world.seed
        self.yearly = lru_cache(maxsize=4096)(self._yearly)

    def energy(
        self, e: Enterprise, code: str, month: Month, scale: float = 1.0, undeducted: bool = False
    ) -> dict[str, Any]:
        """Monthly energy of one enterprise and energy code, in the code's unit; `undeducted`: with what it resold."""
        spec, digits = sectors()[e.sector]["energies"][code], DECIMALS.get(code, 2)
        used = round(self.physics.consumption(e, code, *month) * scale, digits)
        opening, closing = self._stock(e, code, shift(month, -1)), self._stock(e, code, month)
        resold = round(used * spec.get("resold", 0.0), digits)
        if undeducted:
            used, resold = round(used + resold, digits), 0.0
        transport, production = (round(used * share, digits) for share in spec["use"])
        own = self._measured(e, code, month)
        return {
            "enterprise_code": e.code,
            "period": label(month),
            "energy_code": code,
            "unit": UNITS[code],
            "opening_stock": opening,
            "purchased": round(used + resold + closing - opening, digits),
            "resold": resold,
            "closing_stock": closing,
            "consumption": used,
            "use_transport": transport,
            "use_production": production,
            "use_other": round(used - transport - production, digits),
            "last_year_consumption": round(self.physics.consumption(e, code, month[0] - 1, month[1]), digits),
            "green_power": self._green(e, month, used) if code == "electricity" else None,
            **own,
        }

    def _stock(self, e: Enterprise, code: str, month: Month) -> float:
        if code not in STOCKED:
            return 0.0
        share = 0.08 + 0.25 * draws(self.seed, "stock", e.index, code, *month)[0]
        return round(share * self.physics.consumption(e, code, *month), 2)

    def _green(self, e: Enterprise, month: Month, used: float) -> float:
        u = draws(self.seed, "green power", e.index)
        if u[0] > 0.4:
            return 0.0
        return round(used * min(0.6, 0.02 + 0.2 * u[1] + 0.03 * (month[0] - 2023)), 2)

    def _measured(self, e: Enterprise, code: str, month: Month) -> dict[str, float | None]:
        own = own_parameters()["fuels"].get(code)
        if own is None or code == "hydrogen" or not e.measures:
            return {"ncv_measured": None, "carbon_content_measured": None, "oxidation_measured": None}
        z = normals(self.seed, "measured", e.index, code, *month)
        return {
            "ncv_measured": round(own["ncv"] * (1.0 + 0.006 * z[0]), 3),
            "carbon_content_measured": round(own["carbon"] * (1.0 + 0.008 * z[1]), 6),
            "oxidation_measured": round(100.0 * own["oxidation"] + 0.2 * z[2], 2),
        }

    def activity(self, e: Enterprise, code: str, month: Month, scale: float = 1.0) -> dict[str, Any]:
        """Monthly activity of one enterprise and activity code."""
        return {
            "enterprise_code": e.code,
            "period": label(month),
            "activity_code": code,
            "value": round(self.physics.activity(e, code, *month) * scale),
            "unit": self.physics.activities(e)[code],
            "last_year_value": round(self.physics.activity(e, code, month[0] - 1, month[1])),
        }

    def emission(self, e: Enterprise, month: Month, scale: float = 1.0, undeducted: bool = False) -> dict[str, Any]:
        """The enterprise's own statement of CO2, tonnes, by its own parameters; `undeducted`: of resold power, too."""
        direct, indirect = self._own_co2(e, month)
        if undeducted:
            indirect += self._resold_co2(e, month)
        direct, indirect = round(direct * scale, 2), round(indirect * scale, 2)
        before = self._own_co2(e, (month[0] - 1, month[1]))
        methods = own_parameters()["methods"]
        return {
            "enterprise_code": e.code,
            "period": label(month),
            "co2_direct_t": direct,
            "co2_indirect_t": indirect,
            "co2_total_t": round(direct + indirect, 2),
            "last_year_co2_total_t": round(sum(before), 2),
            "method_text": methods[e.index % len(methods)],
        }

    def _own_co2(self, e: Enterprise, month: Month) -> tuple[float, float]:
        table, bought = own_parameters()["fuels"], own_parameters()["purchased"]
        habit = 1.0 + noise()["own_carbon_level"] * normals(self.seed, "own carbon", e.index)[0]
        direct = indirect = 0.0
        for code in self.physics.energies(e):
            used = self.physics.consumption(e, code, *month)
            if code in bought:
                indirect += used * bought[code]["co2_t"]
            else:
                p = table[code]
                direct += used * p["ncv"] * p["carbon"] * p["oxidation"] * CARBON_TO_CO2 * habit
        return direct, indirect

    def _resold_co2(self, e: Enterprise, month: Month) -> float:
        bought = own_parameters()["purchased"]
        return sum(
            self.physics.consumption(e, code, *month) * spec.get("resold", 0.0) * bought[code]["co2_t"]
            for code, spec in sectors()[e.sector]["energies"].items()
            if code in bought and code in self.physics.energies(e)
        )

    def _yearly(self, e: Enterprise, last: Month) -> tuple[float, float]:
        """Standard coal (t) and own CO2 (t) of the twelve months up to ``last``."""
        table, bought = own_parameters()["fuels"], own_parameters()["purchased"]
        tce = co2 = 0.0
        for back in range(12):
            month = shift(last, -back)
            co2 += sum(self._own_co2(e, month))
            for code in self.physics.energies(e):
                tce += self.physics.consumption(e, code, *month) * (table.get(code) or bought[code])["tce"]
        return tce, co2

    def enterprise(self, e: Enterprise, month: Month) -> dict[str, Any]:
        """Register entry as confirmed on the first of a month."""
        return {
            "enterprise_code": e.code,
            "enterprise_name": e.name,
            "sector": e.sector,
            "district_code": e.district,
            "address": e.address,
            "contact_name": e.contact,
            "legal_boundary": e.legal_boundary,
            "key_unit": "Y",
            "invented": "Y" if e.invented else "N",
            "annual_energy_tce": round(self.yearly(e, shift(month, -1))[0], 1),
        }

    def target(self, sector: str, e: Enterprise | None, month: Month) -> dict[str, Any]:
        """Yearly target of a sector or an enterprise as confirmed in a quarter (month = its first month)."""
        year, quarter = month[0], (month[1] - 1) // 3
        members = [e] if e else [x for x in self.world.enterprises if x.sector == sector]
        totals = [self.yearly(x, (year - 1, 12)) for x in members]
        u = draws(self.seed, "target", sector, e.index if e else 0, year)
        ambition = 1.015 - 0.035 * u[0] + (0.01 if quarter >= 2 and u[1] < 0.2 else 0.0)
        return {
            "target_id": f"T-{year}-" + (f"E-{e.code}" if e else f"S-{sector}"),
            "sector": sector,
            "enterprise_code": e.code if e else None,
            "year": year,
            "energy_target_tce": round(sum(t[0] for t in totals) * ambition, 1),
            "co2_target_t": round(sum(t[1] for t in totals) * (ambition - 0.005), 1),
        }
