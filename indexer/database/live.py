"""What is known in the database for as long as a connection lasts, by advisory locks: the one live
indexer of a source, and witnesses that PostgreSQL has forgotten nothing."""

import hashlib
import secrets

import asyncpg

from indexer.database.session import DatabaseRefused, load_query


class AlreadyHeld(DatabaseRefused):
    """Another live indexer serves the same source into the same database; the text names it."""


async def hold(connection: asyncpg.Connection, service: str) -> None:
    """Makes this connection the one live indexer of `service`; the lock goes with it. Holding it
    already is fine. Raises `AlreadyHeld`."""
    key = _key(service)
    if await connection.fetchval(load_query("hold_lock"), key):
        return
    holder = await connection.fetchrow(load_query("lock_holder"), key)
    raise AlreadyHeld(f"another indexer serves {service} into this database: {_named(holder)}")


async def holder(connection: asyncpg.Connection, service: str) -> str | None:
    """Who is the live indexer of `service`, if there is one."""
    found = await connection.fetchrow(load_query("lock_holder"), _key(service))
    return _named(found) if found is not None else None


async def call_witness(connection: asyncpg.Connection) -> int:
    """A number that `is_witnessed` for as long as this connection lasts. A PostgreSQL that has
    crashed, and so perhaps forgotten its last commits, does not know it any more."""
    witness = secrets.randbits(63)
    await connection.execute(load_query("hold_lock"), witness)
    return witness


async def is_witnessed(connection: asyncpg.Connection, witness: int) -> bool:
    return await connection.fetchrow(load_query("lock_holder"), witness) is not None


def _key(service: str) -> int:
    """The same in every run and on every host, as a bigint."""
    return int.from_bytes(hashlib.sha256(service.encode()).digest()[:8], "big", signed=True)


def _named(holder: asyncpg.Record | None) -> str:
    if holder is None:
        return "it has just left, or may not be seen"
    return (
        f"{holder['application_name'] or 'unnamed'}, "
        f"from {holder['client'] or 'its unix socket'}, "
        f"since {holder['since']:%Y-%m-%d %H:%M:%S} UTC (PostgreSQL's process {holder['pid']})"
    )
