"""The log of a directory, page by page (`/export`), from where it was left.

A page begins after a moment, and several lines may be of one moment: so that none is passed over, a
page begins a millisecond before the last line that was seen, which is stored again to no effect.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import structlog
from yarl import URL

from indexer.coordinator.http import Client, Unreadable
from indexer.coordinator.http.errors import Failed
from indexer.coordinator.resolver.lines import Batch, read_batch
from indexer.protocol.syntax import parse_datetime

PAGE = 1000
MOST_BYTES = 64 << 20
OVERLAP = timedelta(milliseconds=1)
TRIES, FIRST_WAIT_S, LONGEST_WAIT_S = 8, 5.0, 600.0

log = structlog.get_logger()


async def pages(client: Client, plc_url: str, seen_to: datetime | None) -> AsyncIterator[Batch]:
    """Until there is nothing new. Raises `NoAnswer`."""
    number, overlap = 1, OVERLAP
    while True:
        after = seen_to - overlap if seen_to else datetime.fromtimestamp(0, UTC)
        lines = await _page(client, plc_url, after)
        batch = read_batch(lines, number)
        if lines and (last := _moment(lines[-1])):
            batch = replace(batch, last=last)  # be it nullified
        yield batch
        number += batch.lines
        if batch.last and (seen_to is None or batch.last > seen_to):
            seen_to, overlap = batch.last, OVERLAP
        elif batch.lines < PAGE:
            return
        elif overlap:
            overlap = timedelta(0)  # a page of one moment: on without the rest of it
        else:
            raise Unreadable(URL(plc_url).host or "", "gives the same page again and again")


def _moment(line: bytes) -> datetime | None:
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return parse_datetime(entry.get("createdAt")) if isinstance(entry, dict) else None


async def _page(client: Client, plc_url: str, after: datetime) -> list[bytes]:
    moment = after.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    url = f"{plc_url.rstrip('/')}/export?count={PAGE}&after={moment}"
    wait_s = FIRST_WAIT_S
    for tries_left in range(TRIES, -1, -1):
        try:
            answer = await client.get(url, most_bytes=MOST_BYTES)
        except Failed as error:
            if not tries_left:
                raise
            pause_s = wait_s if error.again_in_s is None else error.again_in_s
            pause_s = min(LONGEST_WAIT_S, pause_s)
            log.warning("the directory does not answer", error=str(error), next_try_s=pause_s)
            await asyncio.sleep(pause_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)
            continue
        if answer.status != 200:
            raise Unreadable(URL(plc_url).host or "", f"answered {answer.status}")
        return answer.body.splitlines()
    raise AssertionError("the last try returns or raises")
