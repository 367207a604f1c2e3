"""Asks the DNS, for so long and no longer."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from socket import AF_UNSPEC
from typing import Any

from aiodns import DNSResolver
from aiodns.error import ARES_EBADNAME, ARES_ENODATA, ARES_ENOTFOUND, DNSError

from indexer.coordinator.http import Unreachable

TXT = 16
ANSWER_S = 10.0  # to one question, with all the repeats of the library
NO_RECORD = {ARES_ENODATA, ARES_ENOTFOUND, ARES_EBADNAME}


class NoRecord(Exception):
    """The DNS says that there is none."""


class Dns:
    def __init__(self, dns: DNSResolver, at_once: int) -> None:
        self._dns = dns
        self._slots = asyncio.Semaphore(at_once)

    async def texts(self, name: str) -> Iterable[str]:
        """Of each TXT record the parts, joined. Raises `Unreachable` for what is not known now."""
        try:
            async with self._asking(name):
                found = await self._dns.query_dns(name, "TXT")
        except NoRecord:
            return []
        return [_text(record.data) for record in found.answer if record.type == TXT]

    async def has_address(self, host: str) -> bool:
        """Raises `Unreachable`."""
        try:
            async with self._asking(host):
                await self._dns.getaddrinfo(host, AF_UNSPEC)
        except NoRecord:
            return False
        return True

    @asynccontextmanager
    async def _asking(self, name: str) -> AsyncIterator[None]:
        try:
            async with self._slots, asyncio.timeout(ANSWER_S):
                yield
        except DNSError as error:
            if error.args[0] in NO_RECORD:
                raise NoRecord from error
            raise Unreachable(name, f"no answer of the DNS: {error.args[-1]}") from error
        except TimeoutError as error:
            raise Unreachable(name, "no answer of the DNS in time") from error


def _text(record: Any) -> str:
    text: str = record.data.decode("latin-1")
    return text
