"""The end of fetching a repo whole: what was held back meanwhile is applied."""

from functools import partial

from asyncpg import Record as Found

from indexer import metrics
from indexer.database import load_query
from indexer.protocol.event import Event
from indexer.protocol.frame import decode
from indexer.shard.patience import patiently
from indexer.shard.refusal import Trial
from indexer.shard.writer import Writer

ENDING, HELD, END = (
    load_query(name) for name in ("ending_resync", "held_commits_of", "end_resync")
)

HELD_AT_ONCE, BYTES_AT_ONCE = 50, 8_000_000  # a frame may have megabytes


async def release(trial: Trial, did: str, token: int | None = None, *, whole: bool = False) -> None:
    """Nothing if it is another fetching that goes on. Without `token` it is given up, whichever
    it is. `whole`: nothing either unless all of its parts are applied.

    Three transactions: the repo is let go, what was held is written, and its frames are dropped.
    Who dies between two of them is followed by one who begins again, with the same effect.
    """
    writer = trial.writer
    token = await patiently(partial(_let_go, writer, did, token, whole))
    if token is None:
        return
    rev = ""
    while rows := await writer.pool.fetch(HELD, did, rev, HELD_AT_ONCE, BYTES_AT_ONCE):
        rev = rows[-1]["rev"]
        await trial.write([event for row in rows if (event := _event(row))])
    await patiently(lambda: writer.pool.execute(END, did, token))


async def _let_go(writer: Writer, did: str, token: int | None, whole: bool) -> int | None:
    """The token of the fetching that ends."""
    async with writer.transaction([did]) as known:
        row = await known.connection.fetchrow(ENDING, did)
        if row is None or token not in (None, row["token"]):
            return None
        if whole and not row["complete"]:
            return None
        repo = known.repos[did]
        if repo.fetching:
            behind = "partial" if repo.rev is None else "desynchronized"
            repo.state = "synchronized" if row["complete"] else behind
            repo.changed = True
            metrics.RESYNCED.labels("complete" if row["complete"] else "given_up").inc()
        found: int | None = row["token"]
        return found


def _event(row: Found) -> Event | None:
    """It was decoded before it was held, and can be again."""
    return decode(row["frame"], row["received_us"])
