"""Sums that come out the same in any order of rows, on the real engine."""

from __future__ import annotations

from itertools import permutations

import pytest

from spark_jobs.engine.exact_sum import exact_sum, whole_sum

pytestmark = pytest.mark.spark
TERMS = (100_000_000.0, 0.1, -100_000_000.0)


@pytest.mark.parametrize("total", [exact_sum, whole_sum])
def test_the_order_of_rows_does_not_matter(spark, total) -> None:
    def sums(terms: tuple[float, ...]) -> tuple[float, float]:
        rows = ", ".join(f"({number!r}D)" for number in terms)
        return tuple(spark.sql(f"SELECT {total('x')}, SUM(x) FROM VALUES {rows} AS t (x)").collect()[0])

    found = {order: sums(order) for order in permutations(TERMS)}
    assert {exact for exact, _ in found.values()} == {0.1}
    assert len({plain for _, plain in found.values()}) > 1, "plain sums of these terms would do as well"


def test_a_sum_of_no_rows_is_null_and_terms_round_to_the_last_place(spark) -> None:
    (none,) = spark.sql(f"SELECT {whole_sum('x')} FROM VALUES (1.0D) AS t (x) WHERE x < 0").collect()[0]
    assert none is None
    (rounded,) = spark.sql(f"SELECT {whole_sum('x', 1)} FROM VALUES (0.24D), (0.24D), (-0.26D) AS t (x)").collect()[0]
    assert rounded == 0.1  # 0.2 + 0.2 - 0.3
