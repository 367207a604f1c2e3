"""Labels: what labelers said and what our moderators say, with the log of both.

Used by every process and command that has to do with labels. The shards alone write past it: labels
that are kept as records go the common road, and a trigger logs those too.
"""

from indexer.labels.author import Author, Unable, author_of
from indexer.labels.definitions import define, definitions, redefine
from indexer.labels.events import Bell, Bounds, Event, follow, listening, number
from indexer.labels.matching import MOST, Found, active, match, query
from indexer.labels.resigning import resign
from indexer.labels.service import MOST_AT_ONCE, Said, Wish, apply, negate, read_wish, remove
from indexer.labels.store import put, put_numbered, rewind
from indexer.labels.upkeep import keep_up

__all__ = [
    "MOST",
    "MOST_AT_ONCE",
    "Author",
    "Bell",
    "Bounds",
    "Event",
    "Found",
    "Said",
    "Unable",
    "Wish",
    "active",
    "apply",
    "author_of",
    "define",
    "definitions",
    "follow",
    "keep_up",
    "listening",
    "match",
    "negate",
    "number",
    "put",
    "put_numbered",
    "query",
    "read_wish",
    "redefine",
    "remove",
    "resign",
    "rewind",
]
