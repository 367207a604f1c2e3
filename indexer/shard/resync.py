"""Repos that are fetched whole, as a shard has to do with them.

While a repo is being fetched, what comes of it is held back, so that what is stored of it stands
still and can be compared. The difference comes in parts, each of which is applied once. Then what
was held back is applied as if it came now. `Release` begins that, and whoever finds it half done
goes on: every step may be repeated.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from asyncpg import Connection
from asyncpg import Record as Found

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.event import Commit, Sync
from indexer.protocol.syntax import EPOCH
from indexer.shard.repo import Repo, Resync

LOAD, SAVE, ASK, HOLD = (
    load_query(name) for name in ("resyncs_of", "save_resyncs", "ask_resyncs", "hold_commits")
)
MICROSECOND = timedelta(microseconds=1)


async def load(connection: "Connection[Found]", repos: dict[str, Repo]) -> None:
    """Beside the repos that are being fetched, whose rows are locked."""
    fetching = [did for did, repo in repos.items() if repo.fetching]
    if not fetching:
        return
    for did, token, parts, complete, held in await connection.fetch(LOAD, fetching):
        repos[did].resync = Resync(token, parts, complete, held)


async def save(connection: "Connection[Found]", repos: Iterable[Repo]) -> None:
    moved = [(repo.did, repo.resync) for repo in repos if repo.resync is not None]
    if moved:
        await connection.execute(
            SAVE,
            [did for did, _ in moved],
            [of.parts for _, of in moved],
            [of.complete for _, of in moved],
            [of.held for _, of in moved],
        )


async def ask(connection: "Connection[Found]", repos: Iterable[Repo]) -> None:
    """Has the repos fetched that turned out to have gone on without us."""
    diverged = sorted((repo.did, repo.diverged) for repo in repos if repo.diverged)
    if diverged:
        await connection.execute(ASK, *map(list, zip(*diverged, strict=True)))
        for _, why in diverged:
            metrics.DIVERGED.labels(why).inc()


async def hold(connection: "Connection[Found]", events: Sequence[Commit | Sync]) -> None:
    if not events:
        return
    await connection.execute(
        HOLD,
        [event.did for event in events],
        [event.rev for event in events],
        [event.frame for event in events],
        [(event.time - EPOCH) // MICROSECOND for event in events],
    )
    metrics.HELD.inc(len(events))
