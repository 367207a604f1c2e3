"""Whether the relay talks to us, and still has what comes behind our cursor."""

import asyncio
from contextlib import aclosing

from indexer.address import Address
from indexer.config import Config
from indexer.doctor.finding import Finding, better, well, wrong
from indexer.parent.firehose import Firehose
from indexer.parent.source import Interrupted
from indexer.protocol.errors import BadFraming
from indexer.protocol.peek import Peek, notice, peek

PATIENCE_S = 15.0
ABOUT = "relay"
MENDED = "the hole will stand in the table gaps, and `indexer backfill --all` fills it"


async def look(config: Config, address: Address, cursor: int | None) -> Finding:
    if address.file is not None:
        return _file(address)
    assert address.url is not None  # a service is one or the other
    firehose = Firehose(address.service, address.url, config.relay)
    try:
        async with asyncio.timeout(PATIENCE_S):
            frame = await _first(firehose, cursor)
            return _judged(peek(frame), frame, cursor)
    except TimeoutError:
        found = f"connected, but nothing came in {PATIENCE_S:g} s"
        return better(ABOUT, found, "a quiet relay, or no relay: try another RELAY_URL")
    except Interrupted as error:
        return wrong(ABOUT, str(error), "check RELAY_URL, the network and its firewall")
    except BadFraming as error:
        return wrong(
            ABOUT, f"what it sends is no frame: {error}", "this is no relay: check RELAY_URL"
        )


async def _first(firehose: Firehose, cursor: int | None) -> bytes:
    async with aclosing(firehose.frames(cursor)) as arrivals:
        async for arrival in arrivals:
            return arrival.frames[0]
    raise Interrupted("closed", "it hangs up at once")


def _judged(seen: Peek, frame: bytes, cursor: int | None) -> Finding:
    if seen.kind in ("#info", "error"):
        name, message = notice(frame)
        if name == "OutdatedCursor":
            return better(
                ABOUT, f"it no longer has all that came behind our cursor {cursor}", MENDED
            )
        if name == "FutureCursor":
            found = f"our cursor {cursor} is ahead of all it has"
            return wrong(ABOUT, found, "it is another relay than it was: its numbers begin anew")
        return better(ABOUT, f"it says {name} {message}".strip(), "see its documentation")
    begins = f"{seen.kind} {seen.seq} of {seen.time}"
    return well(ABOUT, f"sends {begins}" + (f", behind our cursor {cursor}" if cursor else ""))


def _file(address: Address) -> Finding:
    if address.file is not None and address.file.is_file():
        return well(ABOUT, f"{address.file}, {address.file.stat().st_size / 1e6:.0f} MB")
    return wrong(ABOUT, f"there is no file {address.file}", "check RELAY_URL")
