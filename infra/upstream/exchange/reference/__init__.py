"""Resources of this domain."""

from __future__ import annotations

from infra.upstream.exchange.resource import Resource

RESOURCES: tuple[Resource, ...] = ()
