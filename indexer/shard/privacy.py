"""Opting out: who may not be written for, and how soon that holds.

`lock_repos` reads the opt-outs with the repos. A transaction that takes its time, waiting for a
lock perhaps, reads them again at its end: so whatever was forbidden a second ago is not stored.
"""

from collections.abc import Iterable

from asyncpg import Connection
from asyncpg import Record as Found

from indexer.database import load_query
from indexer.shard.patience import Outdated
from indexer.shard.repo import Repo

HOLDS_S = 0.5  # how long what was read may be relied on
OPTED_OUT = load_query("opted_out")


async def check_still_allowed(
    connection: "Connection[Found]", repos: Iterable[Repo], made: Iterable[str]
) -> None:
    """Raises `Outdated` when one of the repos has opted out since they were locked, or one of the
    users made since."""
    allowed = [*(repo.did for repo in repos if not repo.opted_out), *made]
    if allowed and await connection.fetch(OPTED_OUT, allowed):
        raise Outdated("an account opted out while its records were being written")
