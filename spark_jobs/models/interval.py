"""95 % intervals of positive quantities, from relative standard uncertainties."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import FloatArray

Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal distribution
Z90 = 1.6448536269514722  # 95 % quantile


def lognormal_95(estimate: FloatArray, relative_sd: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the 95 % interval, the estimate taken as the median.

    The spread of the logarithm is ``sqrt(ln(1 + r²))``, so a large relative standard uncertainty never gives
    a negative bound and the interval always contains the estimate.

    Args:
        estimate: any unit, shape (rows,), NaN stays NaN.
        relative_sd: relative standard uncertainty (0.1 is 10 %), scalar or shape (rows,).
    """
    sigma = np.sqrt(np.log1p(np.square(np.asarray(relative_sd, dtype=np.float64))))
    return estimate * np.exp(-Z95 * sigma), estimate * np.exp(Z95 * sigma)


def combined(*relative_sds: npt.ArrayLike) -> FloatArray:
    """Relative standard uncertainty of a product of independent quantities: root of the sum of squares."""
    return np.sqrt(sum(np.square(np.asarray(r, dtype=np.float64)) for r in relative_sds))
