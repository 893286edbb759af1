"""One module per upstream protocol, found by the name in ``acquisition.adapter``.

A module has ``fetch(request: Request) -> Iterator[Delivery | Miss]``. It knows a protocol, never a source: everything
about the source comes from the contract's ``acquisition``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from infra.settings import Settings
from spark_jobs.contracts import Contract
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.transport import Answer, Exhausted, Politeness, Refused

T = TypeVar("T")


class Acquisition(BaseModel):
    """Base of an adapter's parameters; an unknown one fails."""

    model_config = ConfigDict(extra="forbid")
    adapter: str
    attempts: int = Politeness.attempts
    timeout_s: float = Politeness.timeout_s
    workers: int = Politeness.workers

    def politeness(self) -> Politeness:
        return Politeness(attempts=self.attempts, timeout_s=self.timeout_s, workers=self.workers)


@dataclass(frozen=True)
class Miss:
    """A request without a payload.

    ``kind``: exhausted (try again), refused, absent (not published though due), pending (not due yet: no failure).
    """

    kind: str
    request: str
    reason: str


@dataclass(frozen=True)
class Request:
    """What an adapter is asked for: one window of one feed.

    ``answered``: requests that were delivered before, with the etag of the newest delivery (empty where none came).
    """

    contract: Contract
    window: str
    until: datetime
    settings: Settings
    answered: dict[str, str]

    def parameters(self, model: type[T]) -> T:
        """The contract's acquisition as the adapter's model; ValueError names what is wrong."""
        return model(**self.contract.acquisition)


class Adapter(Protocol):
    def fetch(self, request: Request) -> Iterator[Delivery | Miss]: ...


def adapter(name: str) -> Any:
    """The adapter module of that name; ValueError if there is none."""
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise ValueError(f"no acquisition adapter {name!r} in {__name__}") from error


def delivery(answer: Answer) -> Delivery:
    """What is landed of a 200 answer."""
    return Delivery(answer.body, answer.media_type, answer.charset, answer.request, answer.etag)


def attempt(name: str, ask: Callable[[], Answer]) -> Delivery | Miss | None:
    """Delivery of an answer; None for 204 and 304; a Miss for 404 and for what failed."""
    try:
        answer = ask()
    except Exhausted as error:
        return Miss("exhausted", name, str(error))
    except Refused as error:
        return Miss("refused", name, str(error))
    if answer.status == 404:
        return Miss("absent", answer.request, "HTTP 404")
    return None if answer.status in (204, 304) else delivery(answer)


def in_parallel(workers: int, asks: list[Callable[[], Delivery | Miss | None]]) -> Iterator[Delivery | Miss]:
    """Results in the order of the requests, whatever order they come in."""
    with ThreadPoolExecutor(workers) as pool:
        for result in pool.map(lambda ask: ask(), asks):
            if result is not None:
                yield result
