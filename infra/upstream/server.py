"""Runs the chosen platforms in one process, each on its own port."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.upstream.clock import Clock
from infra.upstream.platforms import build_app
from infra.upstream.transport import CutIsIntended, TransportFaults
from infra.upstream.world.model import World

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Plan:
    """What to serve; ``ports`` by platform, 0 for any free one."""

    ports: dict[str, int]
    world: str
    seed: int
    clock: Clock
    instance: str
    credentials: dict[str, dict[str, str]]
    rates: dict[str, dict[str, float]]
    host: str = HOST
    journal: Path | None = None


class QuietServer(uvicorn.Server):
    """A server that leaves signals to its host process: several run in one loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def health_route(plan: Plan, platform: str) -> Route:
    """``/healthz``: names the server, without authentication."""

    async def health(request: Request) -> Response:
        answer = {"platform": platform, "instance": plan.instance, "world": plan.world, "seed": plan.seed}
        return JSONResponse({**answer, "now": plan.clock.now().isoformat()})

    return Route("/healthz", health)


def platform_app(plan: Plan, platform: str, world: World) -> TransportFaults:
    """The ASGI application of one platform with its transport faults."""
    app: Starlette = build_app(platform, world, plan.clock, plan.rates, plan.credentials)
    app.router.routes.insert(0, health_route(plan, platform))
    return TransportFaults(app, plan.seed, platform, plan.rates["transport"], plan.journal)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; OSError names the port that is taken."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except OSError as error:
        raise OSError(f"port {port} on {host} cannot be used ({error.strerror}): choose another with --port") from error
    return found


async def serve(plan: Plan) -> None:
    """Serves until SIGINT or SIGTERM; prints one JSON line per platform when its port listens."""
    world = World(plan.seed, plan.world)
    servers: list[tuple[str, QuietServer, socket.socket]] = []
    for platform, port in plan.ports.items():
        sock = listen(plan.host, port)
        config = uvicorn.Config(
            platform_app(plan, platform, world),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        servers.append((platform, QuietServer(config), sock))
    logging.getLogger("uvicorn.error").addFilter(CutIsIntended())
    gc.freeze()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _stop, servers)
    tasks = [loop.create_task(server.serve(sockets=[sock])) for _, server, sock in servers]
    while not all(server.started for _, server, _ in servers) and not any(t.done() for t in tasks):
        await asyncio.sleep(0.01)
    for platform, _, sock in servers:
        print(json.dumps({"platform": platform, "port": sock.getsockname()[1], "instance": plan.instance}), flush=True)
    await asyncio.gather(*tasks)


def _stop(servers: list[tuple[str, QuietServer, socket.socket]]) -> None:
    for _, server, _ in servers:
        server.should_exit = True
