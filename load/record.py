"""Writes what a relay sends into a capture."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from indexer.address import read_address
from indexer.parent.backoff import Backoff
from indexer.protocol.dump import Entry
from indexer.protocol.errors import Invalid
from indexer.protocol.peek import notice, peek
from load.capture import seq_of

_LARGEST_MESSAGE = 5_000_000


async def frames_of(
    relay: str,
    cursor: int | None = None,
    say: Callable[[str], None] = print,
) -> AsyncIterator[Entry]:
    """Frames as they come, without end; a lost connection is taken up where it broke off.

    Nothing is given twice on reconnecting. Without a cursor it begins with what is new. Raises
    ValueError when `relay` is no address of one.
    """
    url = read_address(relay).url
    if url is None:
        raise ValueError(f"{relay!r} is a file: only a relay can be recorded")
    backoff = Backoff(1, 60)
    while True:
        try:
            address = url if cursor is None else f"{url}?cursor={cursor}"
            async with connect(address, compression=None, max_size=_LARGEST_MESSAGE) as connection:
                async for message in connection:
                    if not isinstance(message, bytes):
                        continue  # Events are binary.
                    if error := error_in(message):
                        say(f"{relay}: {error}")
                        continue
                    seq = seq_of(message)
                    if seq is not None and cursor is not None and seq <= cursor:
                        continue
                    cursor = seq or cursor
                    backoff.reset()
                    yield time.time_ns() // 1000, message
            lost = "the relay has closed the connection"
        except (ConnectionClosed, InvalidHandshake, OSError) as error:
            lost = str(error)
        wait_s = backoff.next_s()
        say(f"{relay}: {lost}; again in {wait_s:.0f} s")
        await asyncio.sleep(wait_s)


def error_in(frame: bytes) -> str | None:
    """What an error frame says, before the relay hangs up."""
    try:
        return ": ".join(notice(frame)) if peek(frame).kind == "error" else None
    except Invalid:
        return None
