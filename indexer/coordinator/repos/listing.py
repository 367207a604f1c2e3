"""Asks a host which repos it has: `com.atproto.sync.listRepos`, page by page."""

from typing import Any, NamedTuple
from urllib.parse import quote

import orjson

from indexer.coordinator.http import Client, Unreadable
from indexer.protocol.syntax import LONGEST_DID, is_did, is_tid

PAGE = 1000
MOST_BYTES = 2_000_000
OK = 200


class Page(NamedTuple):
    repos: dict[str, str | None]  # DID: revision, where it is told
    listed: int  # what is not active counted, too
    cursor: str | None  # of the next; None: there is none


async def page_of(client: Client, base: str, cursor: str | None) -> Page:
    """The page at this cursor. Raises `NoAnswer`."""
    url = f"{base}/xrpc/com.atproto.sync.listRepos?limit={PAGE}"
    if cursor is not None:
        url += f"&cursor={quote(cursor, safe='')}"
    answer = await client.get(url, most_bytes=MOST_BYTES)
    try:
        found = orjson.loads(answer.body) if answer.status == OK else None
    except orjson.JSONDecodeError:
        found = None
    match found:
        case {"repos": list(repos), **rest}:
            told = dict(filter(None, map(_repo, repos)))
            match rest.get("cursor"):
                case str(following) if repos and following != cursor:
                    return Page(told, len(repos), following)
            return Page(told, len(repos), None)
    raise Unreadable(base, f"lists no repos: answered {answer.status}")


def _repo(entry: Any) -> tuple[str, str | None] | None:
    """None for what is not there to be fetched."""
    match entry:
        case {"did": str(did)} if is_did(did) and len(did) <= LONGEST_DID:
            if entry.get("active") is False:
                return None
            rev = entry.get("rev")
            return did, rev if isinstance(rev, str) and is_tid(rev) else None
    return None
