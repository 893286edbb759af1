"""What all sectors share: calendar, weather, city statistics, quotas, foreign metros."""

from __future__ import annotations

from infra.upstream.exchange.reference import calendar
from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = (calendar.DAY,)
