"""Asks strangers, within limits: so many at once, so many of one host, so long, so often.

Redirects are followed by hand, each judged like a first URL. No cookies are kept, and proxies and
passwords that stand in the environment are not used.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from ssl import SSLContext

import stamina
import stamina.instrumentation
from aiodns import DNSResolver
from aiohttp import (
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    DummyCookieJar,
)

from indexer import metrics
from indexer.config import Http
from indexer.coordinator.http.address import why_not_public
from indexer.coordinator.http.answer import (
    Answer,
    Stream,
    check,
    chunks,
    kept_headers,
    read,
    translated,
)
from indexer.coordinator.http.connecting import Judge, anywhere, connector
from indexer.coordinator.http.errors import Failed, Forbidden, NoAnswer, Resting, Unreadable
from indexer.coordinator.http.host import Clock, Hosts
from indexer.coordinator.http.names import resolver
from indexer.coordinator.http.places import Places
from indexer.coordinator.http.socket import MOST as MOST_SOCKETS
from indexer.coordinator.http.socket import as_http, connect, messages, unredirected
from indexer.coordinator.http.target import Listed, Target, read_listed, read_target, redirected

REDIRECTS = {301, 302, 303, 307, 308}
PATIENCE_S = 30.0  # a host that wants a longer rest is left to whoever asked, to come again
HEADERS = {"User-Agent": "indexer", "Accept": "*/*", "Accept-Encoding": "identity"}

# It would log and count every retry in its own way; `metrics.HTTP_FAILED_TRIES` counts them.
stamina.instrumentation.set_on_retry_hooks([])


class Client:
    """`opened` makes one. `dns` is there for those who look for more than addresses."""

    def __init__(
        self,
        limits: Http,
        listed: Listed,
        dns: DNSResolver,
        sessions: dict[bool, ClientSession],
        lasting: dict[bool, ClientSession],
        clock: Clock,
    ) -> None:
        self.dns = dns
        self.hosts = Hosts(limits, clock)
        self._limits = limits
        self._listed = listed
        self._sessions = sessions
        self._lasting = lasting
        self._places = Places(limits.at_once)
        self._patiently = stamina.AsyncRetryingCaller(
            attempts=limits.retries + 1,
            timeout=None,
            wait_initial=limits.backoff_first_s,
            wait_max=limits.backoff_max_s,
            wait_jitter=limits.backoff_first_s,
        ).on(_pause)

    async def get(self, url: str, *, most_bytes: int) -> Answer:
        """Any status but 429 and 5xx (without 501) is an answer. Raises `NoAnswer`."""
        with _counted():
            return await self._patiently(self._get_once, url, most_bytes)

    @asynccontextmanager
    async def stream(self, url: str, *, most_bytes: int, within_s: float) -> AsyncIterator[Stream]:
        """Tried again until an answer begins, not after. `within_s` is for the whole of it, what
        the caller does between two chunks included; a silence is cut off sooner. `NoAnswer`, raised
        on entering or by a chunk, should leave the block, for the host's failures to be known."""
        with _counted():
            async with AsyncExitStack() as stack:
                response = await self._patiently(
                    lambda: stack.enter_async_context(self._following(url, within_s, lasts=True))
                )
                body = chunks(response.url.raw_host or "", response, most_bytes)
                yield Stream(response.status, kept_headers(response), body)

    @asynccontextmanager
    async def websocket(self, url: str, *, most_bytes: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """The binary messages of a `wss:` URL, of a listed host's `ws:`, each of so many bytes at
        most. Tried once; entering and every message may raise `NoAnswer`. Redirects are refused."""
        with _counted():
            target = read_target(as_http(url), self._listed)
            socket = await self._connected(target, most_bytes)
        try:
            yield messages(target.host, socket)
        finally:
            await socket.close()

    async def _connected(self, target: Target, most_bytes: int) -> ClientWebSocketResponse:
        host = self.hosts[target.host]
        async with host.slots, self._places.one(host):
            with host.watching(), translated(target.host):
                async with asyncio.timeout(self._limits.try_s):
                    session = self._lasting[target.listed]
                    return await connect(session, target.host, target.url, most_bytes)

    async def _get_once(self, url: str, most_bytes: int) -> Answer:
        async with self._following(url, self._limits.try_s) as response:
            return await read(response.url.raw_host or "", response, most_bytes)

    @asynccontextmanager
    async def _following(
        self, url: str, within_s: float, lasts: bool = False
    ) -> AsyncIterator[ClientResponse]:
        target = read_target(url, self._listed)
        for _ in range(self._limits.redirects + 1):
            async with self._asking(target, within_s, lasts) as response:
                if response.status not in REDIRECTS:
                    yield response
                    return
                target = self._next_target(target, response)
        raise Forbidden(target.host, f"more than {self._limits.redirects} redirects")

    @asynccontextmanager
    async def _asking(
        self, target: Target, within_s: float, lasts: bool
    ) -> AsyncIterator[ClientResponse]:
        """The host's own slots first, so that those who wait for a slow host hold up nobody. What
        lasts gives its place up once it has begun."""
        host = self.hosts[target.host]
        try_s = self._limits.try_s
        timeout = ClientTimeout(total=within_s, sock_connect=try_s, sock_read=try_s)
        session = (self._lasting if lasts else self._sessions)[target.listed]
        async with host.slots, AsyncExitStack() as place:
            await place.enter_async_context(self._places.one(host))
            with host.watching():
                with translated(target.host):
                    response = await session.get(target.url, allow_redirects=False, timeout=timeout)
                async with response:
                    check(target.host, response)
                    if lasts:
                        await place.aclose()
                    yield response

    def _next_target(self, target: Target, response: ClientResponse) -> Target:
        if (location := response.headers.get("Location")) is None:
            raise Unreadable(target.host, "redirects to nowhere")
        return redirected(target, location, self._listed)


@asynccontextmanager
async def opened(
    limits: Http,
    allow_private_hosts: Iterable[str] = (),
    *,
    dns: DNSResolver | None = None,
    tls: SSLContext | bool = True,
    clock: Clock = time.monotonic,
) -> AsyncIterator[Client]:
    """The client of a process, for as long as the block lasts. Listed hosts have connections of
    their own, which nobody judges. Raises ValueError for a host that cannot be listed."""
    listed = read_listed(allow_private_hosts)
    async with AsyncExitStack() as stack:
        names = dns
        if names is None:
            names = await stack.enter_async_context(resolver(limits.dns_servers))
        sessions, lasting = [
            {
                is_listed: await stack.enter_async_context(_session(names, judged_by, most, tls))
                for is_listed, judged_by in ((False, why_not_public), (True, anywhere))
            }
            for most in (limits.at_once, MOST_SOCKETS)
        ]
        client = Client(limits, listed, names, sessions, lasting, clock)
        metrics.HTTP_HOSTS.set_function(lambda: len(client.hosts))
        metrics.HTTP_RESTING.set_function(client.hosts.count_resting)
        yield client


def _session(
    dns: DNSResolver, judged_by: Judge, most: int, tls: SSLContext | bool
) -> ClientSession:
    return ClientSession(
        connector=connector(dns, judged_by, most, tls),
        headers=HEADERS,
        cookie_jar=DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        trace_configs=[unredirected()],
    )


def _pause(error: Exception) -> bool | float:
    """Whether to try again, or after how long if the host said so."""
    if isinstance(error, NoAnswer):
        _let_go(error)
    match error:
        case Resting():
            return False
        case Failed(again_in_s=None):
            metrics.HTTP_FAILED_TRIES.inc()
            return True
        case Failed(again_in_s=float(wait)):
            metrics.HTTP_FAILED_TRIES.inc()
            return wait if wait <= PATIENCE_S else False
    return False


def _let_go(error: BaseException | None) -> None:
    """Of the frames in which it came, and what was read in them: whoever retries keeps the error in
    a cycle, which only the collector ends."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


@contextmanager
def _counted() -> Iterator[None]:
    outcome, began = "abandoned", time.monotonic()
    try:
        yield
        outcome = "answered"
    except NoAnswer as error:
        outcome = error.outcome
        raise
    finally:
        metrics.HTTP_REQUESTS.labels(outcome).inc()
        metrics.HTTP_SECONDS.observe(time.monotonic() - began)
