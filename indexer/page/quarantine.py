"""What was refused, for the page: a few at a time, over a connection that lasts as long as the
question, and never for long. Few may ask at once: PostgreSQL has other work.
"""

import asyncio
from base64 import b64encode
from typing import Any

from indexer.database import DATABASE_ERRORS, DatabaseRefused, connect, load_query

AT_ONCE = 2
ANSWER_S = 5.0
ENTRIES = 50
MOST_BYTES = 65_536  # of a frame or record; what is larger is shown as far as that

_seats = asyncio.Semaphore(AT_ONCE)


class Unanswered(Exception):
    """PostgreSQL does not say; the text says why."""


async def newest(url: str, reason: str | None, before: int) -> list[dict[str, Any]]:
    """Those with an id below `before`, the newest first; without their bytes."""
    rows = await _ask(url, "list_quarantine", reason, ENTRIES, before)
    return [dict(row) for row in rows]


async def look_into(url: str, number: int) -> dict[str, Any] | None:
    """One, with its bytes in base64 and how many there are: `frame_bytes`, `record_bytes`."""
    rows = await _ask(url, "look_into_quarantine", number, MOST_BYTES)
    if not rows:
        return None
    found = dict(rows[0])
    for name in ("frame", "record"):
        found[name] = None if found[name] is None else b64encode(found[name]).decode()
    return found


async def _ask(url: str, query: str, *arguments: Any) -> list[Any]:
    if _seats.locked():
        raise Unanswered("others are asking; try again")
    async with _seats:
        try:
            async with asyncio.timeout(ANSWER_S):
                return await _fetch(url, query, *arguments)
        except (*DATABASE_ERRORS, DatabaseRefused) as error:
            why = str(error) or f"no answer in {ANSWER_S:g} s"
            raise Unanswered(f"PostgreSQL does not say: {why}") from error


async def _fetch(url: str, query: str, *arguments: Any) -> list[Any]:
    connection = await connect(url, "indexer page")
    try:
        return list(await connection.fetch(load_query(query), *arguments, timeout=ANSWER_S))
    finally:
        connection.terminate()  # to close in good order could take as long again
