"""Identity of every object: uuid5 of its kind and its key in the spec."""

from __future__ import annotations

import uuid

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "shanghai-transport-carbon/superset")


def key(kind: str, *path: str) -> str:
    """uuid of the object ``kind`` at ``path``; the same wherever and whenever it is compiled."""
    return str(uuid.uuid5(NAMESPACE, "/".join((kind, *path))))
