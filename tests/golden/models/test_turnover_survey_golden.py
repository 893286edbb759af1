"""The sampling survey against textbook examples and against samplics, an independent implementation."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from samplics.estimation import TaylorEstimator
from samplics.utils.types import PopParam

from spark_jobs.models.registry import model
from spark_jobs.models.turnover_survey import allocation

# Cochran 1977, Sampling Techniques, 3rd ed., exercise 5.1: farms by size, acres of corn.
FARMS = {
    "stratum": ["0-40", "41-80", "81-120", "121-160", "161-200", "201-240", "241-"],
    "ships": [394, 461, 391, 334, 169, 113, 148],
    "mean": [5.4, 16.3, 24.3, 34.5, 42.1, 50.1, 63.8],
    "standard_deviation": [8.3, 13.3, 15.1, 19.8, 24.5, 26.0, 35.2],
}


def plan(**options: object) -> list[dict]:
    return model("turnover-survey").run(pa.table(FARMS), **options).to_pylist()


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [("proportional", [20, 23, 19, 17, 8, 6, 7]), ("neyman", [10, 18, 17, 19, 12, 9, 15])],
)
def test_cochran_farms_sample_of_100(rule: str, sizes: list[int]) -> None:
    rows = plan(size=100, allocation=rule)
    assert [row["sample_size"] for row in rows[:-1]] == sizes
    assert rows[-1]["sample_size"] == 100
    assert round(rows[-1]["expected_mean"], 1) == 26.3


def test_cochran_two_strata_with_costs() -> None:
    """W 0.4 and 0.6, S 10 and 20, c 4 and 9, wanted V = 1 without fpc: shares 1/3 and 2/3, n = 264, cost 1,936."""
    size, sd, cost = np.array([0.4e12, 0.6e12]), np.array([10.0, 20.0]), np.array([4.0, 9.0])
    share = allocation.shares(size, sd, cost, "optimal")
    assert share == pytest.approx([1 / 3, 2 / 3])
    assert allocation.size_for_variance(size, sd, share, 1.0) == pytest.approx(264)
    sample = allocation.whole_numbers(size, share, 264)
    assert sample.tolist() == [88, 176]
    assert float(sample @ cost) == 1936


# Lohr, Sampling: Design and Analysis, example 3.2: acres of farmland by region, 300 of 3,078 counties.
REGIONS = {
    "NC": (1054, 103, 300504.16, 29618183543.0),
    "NE": (220, 21, 97629.81, 7647472708.0),
    "S": (1382, 135, 211315.04, 53587487856.0),
    "W": (422, 41, 662295.51, 396185950266.0),
}


def with_moments(count: int, mean: float, variance: float) -> np.ndarray:
    """``count`` values with exactly this mean and sample variance."""
    values = np.linspace(-1, 1, count)
    return mean + values / values.std(ddof=1) * np.sqrt(variance)


def test_lohr_counties_total_and_standard_error() -> None:
    """Printed: total 909,736,034 acres, standard error 50,417,248; mean 295,561, standard error 16,380."""
    tables = [
        pd.DataFrame({"stratum": name, "ship_id": [f"{name}{i}" for i in range(n)], "weight": total / n,
                      "co2_t": with_moments(n, mean, variance) + 1e7, "turnover_tnm": 1.0})
        for name, (total, n, mean, variance) in REGIONS.items()
    ]  # fmt: skip
    out = model("turnover-survey").run(pa.Table.from_pandas(pd.concat(tables), preserve_index=False)).to_pylist()[-1]
    shift = 1e7 * 3078  # the model refuses negative tonnes: the made-up counties are shifted, the error is not
    assert out["co2_t"] - shift == pytest.approx(909_736_034, abs=5)
    assert out["co2_t_se"] == pytest.approx(50_417_248, abs=1)
    assert (out["co2_t"] - shift) / 3078 == pytest.approx(295_561, abs=0.5)
    assert out["co2_t_se"] / 3078 == pytest.approx(16_380, abs=0.5)


def test_ratio_and_its_error_agree_with_samplics() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {"stratum": np.repeat(["a", "b", "c"], [12, 20, 9]), "ship_id": [f"s{i}" for i in range(41)],
         "weight": np.repeat([80 / 12, 300 / 20, 25 / 9], [12, 20, 9]), "turnover_tnm": rng.uniform(1e6, 9e6, 41)}
    )  # fmt: skip
    frame["co2_t"] = frame["turnover_tnm"] * rng.uniform(8e-6, 14e-6, 41)
    row = model("turnover-survey").run(pa.Table.from_pandas(frame)).to_pylist()[-1]
    oracle = TaylorEstimator(PopParam.ratio)
    codes = {"a": 1, "b": 2, "c": 3}
    oracle.estimate(
        y=frame["co2_t"].to_numpy(), x=frame["turnover_tnm"].to_numpy(), samp_weight=frame["weight"].to_numpy(),
        stratum=frame["stratum"].map(codes).to_numpy(), psu=np.arange(41),
        fpc={1: 1 - 12 / 80, 2: 1 - 20 / 300, 3: 1 - 9 / 25},
    )  # fmt: skip
    assert row["intensity_g_per_tnm"] == pytest.approx(oracle.point_est * 1e6, rel=1e-9)
    assert row["intensity_g_per_tnm_se"] == pytest.approx(oracle.stderror * 1e6, rel=1e-9)
    assert row["intensity_g_per_tnm_low"] == pytest.approx(oracle.lower_ci * 1e6, rel=1e-6)
