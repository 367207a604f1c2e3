"""Connections to public addresses only, whatever name led to them.

A name is resolved once, every address of it is judged, and those are what is connected to: there is
no second look-up that could say something else. The socket is judged again, for a URL that holds an
address never asks the resolver.
"""

import socket
from collections.abc import Callable
from ssl import SSLContext

from aiodns import DNSResolver
from aiodns.error import DNSError
from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

KEEP_ALIVE_S = 3  # long enough for a row of requests, too short for idle connections to pile up

Judge = Callable[[str], str | None]
"""Why an address may not be connected to, if it may not."""


class NotPublic(OSError):
    """The name or the URL led to an address that is none of the Internet's."""


class Resolver(AbstractResolver):
    def __init__(self, dns: DNSResolver, judge: Judge) -> None:
        self._dns = dns
        self._judge = judge

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """One bad address among good ones refuses them all."""
        try:
            found = await self._dns.getaddrinfo(host, family, port, type=socket.SOCK_STREAM)
        except DNSError as error:
            raise OSError(None, f"no address: {error.args[-1]}") from error
        addresses = [(node.family, _text(node.addr[0])) for node in found.nodes]
        for _, address in addresses:
            judge(address, self._judge)
        return [_result(host, address, port, family) for family, address in addresses]

    async def close(self) -> None:
        """The DNS is its maker's to close."""


def connector(
    dns: DNSResolver, judged_by: Judge, most: int, tls: SSLContext | bool
) -> TCPConnector:
    def make_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        judge(str(address[0]), judged_by)
        return socket.socket(family, kind, protocol)

    return TCPConnector(
        limit=most,
        resolver=Resolver(dns, judged_by),
        use_dns_cache=False,
        socket_factory=make_socket,
        ssl=tls,
        keepalive_timeout=KEEP_ALIVE_S,
    )


def judge(address: str, judged_by: Judge) -> None:
    if why := judged_by(address):
        raise NotPublic(None, f"{address} is not public ({why})")


def anywhere(_: str) -> None:
    """The judge for hosts that an operator listed."""


def _text(address: str | bytes) -> str:
    return address.decode("ascii") if isinstance(address, bytes) else address


def _result(host: str, address: str, port: int, family: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
