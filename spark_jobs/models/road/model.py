"""`lake model coach`, `urban-passenger`, `road-freight`: modules 136, 137, 138."""

from __future__ import annotations

from spark_jobs.models.frame import Model
from spark_jobs.models.road.columns import OUTPUTS, SETTINGS, SOURCES, inputs

NOTES = (
    "Tiers: reported fuel or charge; speed, load and slope by COPERT functions; a rate per distance.",
    "Tank-to-wheel and well-to-wheel stand side by side and are never added.",
    "LNG and CNG trucks without a function: diesel's times the ratio of two rates (unverified).",
    "Hydrogen: rates of buses up to 18 t only (12 m: a European mean; shorter: unverified); else give hydrogen_kg.",
)


def _model(kind: str, module: int, title: str, title_zh: str, function: str) -> Model:
    return Model(
        name=kind,
        modules=(module,),
        title=title,
        title_zh=title_zh,
        compute=f"spark_jobs.models.road.run:{function}",
        inputs=inputs(kind),
        outputs=OUTPUTS,
        settings=SETTINGS,
        sources=SOURCES,
        card=f"{kind}.md",
        notes=NOTES,
    )


MODELS = (
    _model("coach", 136, "Energy and CO2 of coaches", "公路客运能耗与碳排放", "compute_coach"),
    _model(
        "urban-passenger",
        137,
        "Energy and CO2 of buses, taxis and ride-hailing cars",
        "城市客运能耗与碳排放",
        "compute_urban_passenger",
    ),
    _model("road-freight", 138, "Energy and CO2 of trucks", "道路货运能耗与碳排放", "compute_road_freight"),
)
