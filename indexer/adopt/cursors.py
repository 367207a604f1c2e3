"""How far the older system had read, kept for each source. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime
from math import inf
from typing import NamedTuple

from indexer.address import read_address

_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/@]+\.[^/@]+|[^/@]+:\d+)(?:/.*)?")


class Cursor(NamedTuple):
    service: str
    cursor: int | None
    last_event_time: datetime | None
    updated_at: datetime | None


def renamed(cursors: Iterable[Cursor], relay: str | None) -> dict[Cursor, str]:
    """What each one's source is called here. A number means nothing at another host, so one that
    names no host is of `relay` only if somebody says so; None: nobody did."""
    named: dict[Cursor, str] = {}
    for cursor in cursors:
        if _HOST.fullmatch(cursor.service):
            named[cursor] = read_address(cursor.service).service
        else:
            named[cursor] = relay or cursor.service
    return named


def furthest_back(named: dict[Cursor, str]) -> dict[str, Cursor]:
    """Of several of one source the one that missed least: what comes again changes nothing."""
    kept: dict[str, Cursor] = {}
    for cursor, service in named.items():
        other = kept.get(service)
        if other is None or _at(cursor) < _at(other):
            kept[service] = cursor
    return kept


def nameless(named: dict[Cursor, str]) -> list[str]:
    """Those that no source of ours is called by."""
    return [cursor.service for cursor, service in named.items() if not _HOST.fullmatch(service)]


def _at(cursor: Cursor) -> float:
    """Without a number a stream begins where it is now."""
    return inf if cursor.cursor is None else cursor.cursor
