"""The way to PostgreSQL: sessions, named statements, the schema, the lock of the live indexer."""

from indexer.database.libpq import libpq
from indexer.database.live import AlreadyHeld, call_witness, hold, holder, is_witnessed
from indexer.database.passing import passes, persistently
from indexer.database.reaching import reach
from indexer.database.schema import migrate, outstanding
from indexer.database.session import (
    BY_KEY,
    DATABASE_ERRORS,
    DatabaseRefused,
    check_room,
    connect,
    load_queries,
    load_query,
    lost,
    open_pool,
    shown,
)

__all__ = [
    "BY_KEY",
    "DATABASE_ERRORS",
    "AlreadyHeld",
    "DatabaseRefused",
    "call_witness",
    "check_room",
    "connect",
    "hold",
    "holder",
    "is_witnessed",
    "libpq",
    "load_queries",
    "load_query",
    "lost",
    "migrate",
    "open_pool",
    "outstanding",
    "passes",
    "persistently",
    "reach",
    "shown",
]
