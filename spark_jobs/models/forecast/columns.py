"""Columns that the forecasts share: a series in, a path with its interval out."""

from __future__ import annotations

from spark_jobs.models.frame import REASON_COLUMN, Column

INPUTS = (
    Column("series_id", "text", "", "which series the row belongs to", "序列编号", needed=True),
    Column(
        "period",
        "text",
        "",
        "2026, 2026Q3, 2026-10, 2026 W06, 2026-10-31 or 2026-10-31T07; one grain a series",
        "期间",
        needed=True,
    ),
    Column(
        "value", "number", "any", "energy, CO2 or flow", "数值", absence="the period counts as missing and is filled"
    ),
)
OUTPUTS = (
    Column("series_id", "text", "", "series", "序列编号"),
    Column("period", "text", "", "forecast period", "期间"),
    Column("mean", "number", "as value", "forecast", "预测值"),
    Column("low_90", "number", "as value", "lower end of the 90 % interval", "90%区间下限"),
    Column("high_90", "number", "as value", "upper end of the 90 % interval", "90%区间上限"),
    Column("method", "text", "", "what was chosen, and its error against the seasonal naive", "方法"),
    Column(
        "filled_periods",
        "integer",
        "",
        "periods of the history that were filled: missing, or outages",
        "补齐期数",
    ),
    REASON_COLUMN,
)
EVIDENCE = (
    "Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., ch. 5 and 8 (rolling origin, damping)",
    "Makridakis, Spiliotis and Assimakopoulos 2020, The M4 Competition, Int. J. Forecasting 36 (combine methods)",
    "Fiorucci et al. 2016, Models for optimising the theta method, Int. J. Forecasting 32",
)
