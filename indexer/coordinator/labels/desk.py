"""What those who answer need."""

from typing import NamedTuple

from asyncpg import Pool, Record

from indexer.config import Labels as Settings
from indexer.labels import Author, Bell


class Desk(NamedTuple):
    """`author` is None where we say no labels of our own."""

    pool: "Pool[Record]"
    bell: Bell
    author: Author | None
    settings: Settings
