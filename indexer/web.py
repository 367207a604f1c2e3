"""What every process serves over HTTP: /metrics, and whether it works.

/health and /ready answer 200, or 503 with the reasons why not. The parent adds /status, and
/targets, by which Prometheus finds all the others, and a page.
"""

import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from indexer import metrics

Checks = Callable[[], list[str]]
"""Reasons why all is not well; none when it is. Called often: it looks and does not ask."""
Status = Callable[[], Awaitable[dict[str, Any]]]
Ports = Callable[[], dict[str, int]]
"""Where the other processes serve theirs, by name."""
More = Callable[[web.Application], None]
"""Adds routes of its own."""

LAG_TICK_S = 0.1
HIGHEST_PORT = 65535


class PortTaken(OSError):
    """The port for metrics cannot be had; the text says which and which setting moves it."""


@asynccontextmanager
async def serving(
    host: str,
    port: int,
    checks: Checks,
    *,
    ready: Checks | None = None,
    status: Status | None = None,
    ports: Ports | None = None,
    more: More | None = None,
) -> AsyncIterator[int]:
    """Serves as long as the block lasts, and measures the lag of the loop. Gives the port, which
    is any free one for port 0. Raises `PortTaken`."""
    app = make_app(checks, ready or checks, status, ports)
    if more is not None:
        more(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    watch = asyncio.create_task(_watch_loop())
    try:
        yield await _listen(runner, host, port)
    finally:
        watch.cancel()
        await runner.cleanup()


def check_free(host: str, ports: Iterable[int]) -> None:
    """Raises `PortTaken`: a child that cannot serve says so too, but too late to be read."""
    for port in ports:
        if port > HIGHEST_PORT:
            raise _taken(host, port, OSError(f"no port is above {HIGHEST_PORT}"))
        try:
            socket.create_server((host, port), family=_family(host)).close()
        except OSError as error:
            raise _taken(host, port, error) from error


def make_app(
    checks: Checks, ready: Checks, status: Status | None = None, ports: Ports | None = None
) -> web.Application:
    app = web.Application()
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/health", _verdict(checks))
    app.router.add_get("/ready", _verdict(ready))
    if status is not None:
        app.router.add_get("/status", _report(status))
    if ports is not None:
        app.router.add_get("/targets", _targets(ports))
    return app


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise _taken(host, port, error) from error
    return int(runner.addresses[0][1])


def _taken(host: str, port: int, error: OSError) -> PortTaken:
    why = os.strerror(error.errno) if error.errno else str(error)
    return PortTaken(f"cannot serve metrics on {host}:{port} ({why}): set METRICS_PORT")


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


async def _metrics(_: web.Request) -> web.Response:
    return web.Response(
        body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


def _verdict(checks: Checks) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        reasons = checks()
        body = {"ok": not reasons, "reasons": reasons}
        return web.json_response(body, status=503 if reasons else 200)

    return answer


def _report(status: Status) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(text=json.dumps(await status(), default=str))

    return answer


def _targets(ports: Ports) -> Callable[[web.Request], Awaitable[web.Response]]:
    """As Prometheus discovers targets over HTTP: at the host by which it knows this one."""

    async def answer(request: web.Request) -> web.Response:
        host = request.url.host or ""
        shown = f"[{host}]" if ":" in host else host
        known = {"parent": request.url.port} | ports()
        return web.json_response(
            [
                {"targets": [f"{shown}:{port}"], "labels": {"process": name}}
                for name, port in known.items()
            ]
        )

    return answer


async def _watch_loop() -> None:
    worst, since = 0.0, time.monotonic()
    while True:
        before = time.monotonic()
        await asyncio.sleep(LAG_TICK_S)
        now = time.monotonic()
        worst = max(worst, now - before - LAG_TICK_S)
        if now - since >= 1:
            metrics.LOOP_LAG_SECONDS.set(worst)
            worst, since = 0.0, now
