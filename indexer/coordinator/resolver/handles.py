"""Asks whom a handle names: the DNS, and where that has no word of it, the host of that name.

What cannot be known now is never taken for a no: a DNS server that fails has not said that there is
no record. But who is named by the host meanwhile is named.
"""

from collections.abc import Awaitable

from indexer import metrics
from indexer.coordinator.http import Client, Forbidden, TooBig, Unreachable, Unreadable
from indexer.coordinator.resolver.dns import Dns
from indexer.protocol.errors import Invalid
from indexer.protocol.resolution import (
    MOST_BODY_BYTES,
    did_of_body,
    did_of_txt,
    is_allowed,
    txt_name,
    well_known_url,
)


class Handles:
    def __init__(self, client: Client, at_once: int, development: bool) -> None:
        self._client = client
        self._dns = Dns(client.dns, at_once)
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
        return did_of_txt(await self._dns.texts(txt_name(handle)))

    async def _well_known(self, handle: str) -> str | None:
        try:
            answer = await self._client.get(well_known_url(handle), most_bytes=MOST_BODY_BYTES)
        except (Forbidden, TooBig, Unreadable):
            return None  # whatever it is, it names nobody
        except Unreachable:
            if await self._dns.has_address(handle):
                raise
            return None  # a domain that is no more cannot name anybody
        return did_of_body(answer.body) if answer.status == 200 else None


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
