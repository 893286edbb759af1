"""Ship types: IMO, EU-MRV and GHG-study names, and the class each method puts them in."""

from __future__ import annotations

from dataclasses import dataclass

from spark_jobs.models.codes import CodeList


@dataclass(frozen=True)
class ShipType:
    """One type.

    Args:
        title: name for people, English; ``title_zh`` Chinese.
        cii: ship type of MEPC.353(78) and MEPC.333(76); of the nearest type where ``cii_proxy`` is set.
        ghg4: ship type of Fourth IMO GHG Study table 17 (auxiliary and boiler power).
        cii_proxy: the CII regulation does not cover the type; its line stands in, with a wider interval.
        aliases: other names that mean the type.
        fuel, engine: what the type burns and is driven by where a ship does not say (GHG4: slow-speed diesel unless
            otherwise classified).
    """

    title: str
    title_zh: str
    cii: str
    ghg4: str
    aliases: tuple[str, ...] = ()
    cii_proxy: bool = False
    fuel: str = "hfo"
    engine: str = "SSD"


SHIP_TYPES: dict[str, ShipType] = {
    "bulk_carrier": ShipType("Bulk carrier", "散货船", "Bulk carrier", "bulk_carrier", ("bulker",)),
    "combination_carrier": ShipType("Combination carrier", "兼用船", "Combination carrier", "bulk_carrier", ("OBO",)),
    "oil_tanker": ShipType("Oil tanker", "油船", "Tanker", "oil_tanker", ("Tanker", "液货船", "crude oil tanker")),
    "chemical_tanker": ShipType("Chemical tanker", "化学品船", "Tanker", "chemical_tanker"),
    "other_liquids_tanker": ShipType(
        "Other liquids tanker", "其他液货船", "Tanker", "other_liquids_tanker", ("Other liquids tankers",)
    ),
    "gas_carrier": ShipType(
        "Gas carrier (LPG and other gases)",
        "气体运输船",
        "Gas carrier",
        "liquefied_gas_tanker",
        ("Liquefied gas tanker", "LPG carrier", "LPG tanker", "liquified gas tanker"),
    ),
    "lng_carrier": ShipType(
        "LNG carrier", "LNG运输船", "LNG carrier", "liquefied_gas_tanker", ("LNG tanker",), fuel="lng"
    ),
    "container_ship": ShipType(
        "Container ship", "集装箱船", "Container ship", "container", ("Container", "Containership", "Container vessel")
    ),
    "general_cargo_ship": ShipType(
        "General cargo ship", "杂货船", "General cargo ship", "general_cargo", ("General cargo", "多用途船", "件杂货船")
    ),
    "refrigerated_cargo_carrier": ShipType(
        "Refrigerated cargo carrier",
        "冷藏船",
        "Refrigerated cargo carrier",
        "refrigerated_bulk",
        ("Refrigerated bulk", "Reefer", "Refrigerated cargo ship", "refrigerated cargo"),
    ),
    "vehicle_carrier": ShipType(
        "Vehicle carrier",
        "汽车运输船",
        "Ro-ro cargo (vehicle carrier)",
        "vehicle",
        ("Ro-ro cargo ship (vehicle carrier)", "Ro-ro cargo (vehicle carrier)", "Vehicle", "PCTC", "car carrier"),
    ),
    "ro_ro_cargo_ship": ShipType(
        "Ro-ro cargo ship", "滚装货船", "Ro-ro cargo ship", "roro", ("Ro-ro ship", "Ro-Ro", "RoRo", "滚装船")
    ),
    "container_ro_ro_cargo_ship": ShipType(
        "Container/ro-ro cargo ship", "集装箱滚装船", "Ro-ro cargo ship", "roro", ("Con-ro", "Container/ro-ro ship")
    ),
    "ro_pax_ship": ShipType(
        "Ro-ro passenger ship",
        "客滚船",
        "Ro-ro passenger ship",
        "ferry_ropax",
        ("Ro-pax ship", "Ro-pax", "RoPax", "Ro-ro passenger ship", "Ferry-RoPax", "Passenger/ro-ro ship"),
        engine="MSD",
    ),
    "high_speed_ro_pax_ship": ShipType(
        "High-speed craft, ro-ro passenger (SOLAS chapter X)",
        "高速客滚船",
        "Ro-ro passenger ship",
        "ferry_ropax",
        ("HSC", "High-speed craft", "Ro-ro passenger ship (high-speed craft SOLAS chapter X)"),
        engine="MSD",
    ),
    "cruise_ship": ShipType(
        "Cruise passenger ship",
        "邮轮",
        "Cruise passenger ship",
        "cruise",
        ("Cruise passenger ship", "Cruise", "Passenger ship (Cruise Passenger ship)", "Passenger ship (cruise)"),
        engine="MSD",
    ),
    "passenger_ship": ShipType(
        "Passenger ship",
        "客船",
        "Cruise passenger ship",
        "cruise",
        ("Passenger", "Other ship types (Passenger)"),
        cii_proxy=True,
        engine="MSD",
    ),
    "passenger_ferry": ShipType(
        "Passenger ferry",
        "客渡船",
        "Cruise passenger ship",
        "ferry_pax_only",
        ("Ferry-pax only", "Ferry"),
        cii_proxy=True,
        engine="MSD",
    ),
    "offshore": ShipType(
        "Offshore ship",
        "海工船",
        "General cargo ship",
        "offshore",
        ("Other ship types (Offshore)",),
        cii_proxy=True,
        engine="MSD",
    ),
    "tug": ShipType(
        "Tug",
        "拖轮",
        "General cargo ship",
        "service_tug",
        ("Service - tug", "Service tug", "Tugboat"),
        cii_proxy=True,
        engine="MSD",
    ),
    "service_other": ShipType(
        "Service ship, other",
        "其他工程船",
        "General cargo ship",
        "service_other",
        ("Service - other",),
        cii_proxy=True,
        engine="MSD",
    ),
    "fishing": ShipType(
        "Fishing ship",
        "渔船",
        "General cargo ship",
        "misc_fishing",
        ("Miscellaneous - fishing",),
        cii_proxy=True,
        engine="MSD",
    ),
    "yacht": ShipType("Yacht", "游艇", "General cargo ship", "yacht", (), cii_proxy=True, engine="MSD"),
    "inland_cargo_ship": ShipType(
        "Inland cargo ship",
        "内河货船",
        "General cargo ship",
        "general_cargo",
        ("inland_cargo", "内河散货船", "内河干货船"),
        cii_proxy=True,
        fuel="mdo",
        engine="HSD",
    ),
    "inland_container_ship": ShipType(
        "Inland container ship",
        "内河集装箱船",
        "Container ship",
        "container",
        ("inland_container",),
        cii_proxy=True,
        fuel="mdo",
        engine="HSD",
    ),
    "other_ship": ShipType(
        "Other ship types",
        "其他船舶",
        "General cargo ship",
        "misc_other",
        ("Other", "Miscellaneous - other", "Other ship types (others)"),
        cii_proxy=True,
        engine="MSD",
    ),
}

CODES = CodeList(
    "ship type",
    {code: f"{kind.title} ({kind.title_zh})" for code, kind in SHIP_TYPES.items()},
    {alias: code for code, kind in SHIP_TYPES.items() for alias in (*kind.aliases, kind.title, kind.title_zh)},
)
