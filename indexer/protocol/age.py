"""How old a record is, and which are not kept for ever.

A record is as old as the oldest of what tells its age: the time in its key, its `createdAt`, and
its arrival where that is stored. So what comes again, by a replay or from its PDS, is as old as it
was; and of a record that is not here its key tells enough.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from indexer.protocol.op import Op
from indexer.protocol.syntax import EPOCH, is_tid, make_tid

# What an account says. Whom it follows or blocks, its lists and its profile do not grow old.
CONTENT = frozenset(
    {
        "app.bsky.feed.like",
        "app.bsky.feed.post",
        "app.bsky.feed.postgate",
        "app.bsky.feed.repost",
        "app.bsky.feed.threadgate",
    }
)
_US = timedelta(microseconds=1)


class Horizon(NamedTuple):
    """Content from before it is not kept."""

    time: datetime
    key: str  # the first that could be made then

    def is_behind(self, collection: str, rkey: str) -> bool:
        """Whether a record is too old by its key alone."""
        return collection in CONTENT and rkey < self.key and is_tid(rkey)

    def has_passed(self, op: Op, *, arrival: bool) -> bool:
        """Whether a record is too old. `arrival`: whether that is stored of its type."""
        collection = op.uri.collection
        if collection not in CONTENT:
            return False
        return (
            self.is_behind(collection, op.uri.rkey)
            or op.created_at < self.time
            or (arrival and op.time < self.time)
        )


def horizon(now: datetime, days: int) -> Horizon | None:
    """That of so many days ago; None, of 0 days: everything is kept."""
    return horizon_at(now - timedelta(days=days)) if days else None


def horizon_at(time: datetime) -> Horizon:
    time = max(EPOCH, time)
    return Horizon(time, make_tid((time - EPOCH) // _US))
