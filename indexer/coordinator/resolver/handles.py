"""Asks whom a handle names: the DNS, and where that has no word of it, the host of that name.

What cannot be known now is never taken for a no: a DNS server that fails has not said that there is
no record. But who is named by the host meanwhile is named.
"""

import asyncio
from collections.abc import Awaitable
from socket import AF_UNSPEC
from typing import Any

from aiodns.error import ARES_EBADNAME, ARES_ENODATA, ARES_ENOTFOUND, DNSError

from indexer import metrics
from indexer.coordinator.http import Client, Forbidden, TooBig, Unreachable, Unreadable
from indexer.protocol.errors import Invalid
from indexer.protocol.resolution import (
    MOST_BODY_BYTES,
    did_of_body,
    did_of_txt,
    is_allowed,
    txt_name,
    well_known_url,
)

TXT = 16
DNS_S = 10.0  # for one question, with all the repeats of the DNS library
NO_RECORD = {ARES_ENODATA, ARES_ENOTFOUND, ARES_EBADNAME}


class Handles:
    def __init__(self, client: Client, at_once: int, development: bool) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(at_once)
        self._development = development

    async def did_of(self, handle: str) -> str | None:
        """None when it names nobody, or several. Raises `NoAnswer`."""
        if not is_allowed(handle, self._development):
            return None
        failed: Unreachable | None = None
        try:
            if did := await _counted("dns", self._txt(handle)):
                return did
        except Invalid:
            return None
        except Unreachable as error:
            failed = error
        did = await _counted("https", self._well_known(handle))
        if did is None and failed is not None:
            raise failed
        return did

    async def _txt(self, handle: str) -> str | None:
        name = txt_name(handle)
        try:
            async with self._slots, asyncio.timeout(DNS_S):
                found = await self._client.dns.query_dns(name, "TXT")
        except DNSError as error:
            if error.args[0] in NO_RECORD:
                return None
            raise Unreachable(name, f"no answer of the DNS: {error.args[-1]}") from error
        except TimeoutError as error:
            raise Unreachable(name, "no answer of the DNS in time") from error
        return did_of_txt(_text(record.data) for record in found.answer if record.type == TXT)

    async def _well_known(self, handle: str) -> str | None:
        try:
            answer = await self._client.get(well_known_url(handle), most_bytes=MOST_BODY_BYTES)
        except (Forbidden, TooBig, Unreadable):
            return None  # whatever it is, it names nobody
        except Unreachable:
            if await self._has_address(handle):
                raise
            return None
        return did_of_body(answer.body) if answer.status == 200 else None

    async def _has_address(self, handle: str) -> bool:
        """False only if the DNS says so: a domain that is no more cannot name anybody."""
        try:
            async with self._slots, asyncio.timeout(DNS_S):
                await self._client.dns.getaddrinfo(handle, AF_UNSPEC)
        except DNSError as error:
            return error.args[0] not in NO_RECORD
        except TimeoutError:
            return True
        return True


def _text(record: Any) -> str:
    """Its parts come joined."""
    text: str = record.data.decode("latin-1")
    return text


async def _counted(way: str, asking: Awaitable[str | None]) -> str | None:
    outcome = "no_answer"
    try:
        did = await asking
        outcome = "named" if did else "nobody"
        return did
    except Invalid:
        outcome = "several"
        raise
    finally:
        metrics.HANDLES_ASKED.labels(way, outcome).inc()
