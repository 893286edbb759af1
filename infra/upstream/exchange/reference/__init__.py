"""What all sectors share: calendar, weather, city statistics, quotas, foreign metros."""

from __future__ import annotations

from infra.upstream.exchange.reference import calendar, quota, tables, weather
from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = (calendar.DAY, weather.DAY, tables.STATISTIC, quota.QUOTA, tables.BENCHMARK)
