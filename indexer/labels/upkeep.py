"""What time does to labels: they end, and their log is cut where somebody wants it cut."""

from datetime import timedelta

from asyncpg import Pool, Record

from indexer.database import load_query
from indexer.labels.events import LOCK, number

AT_ONCE = 1000
EXPIRE, FORGET, CUT = (
    load_query(name) for name in ("expire_labels", "forget_labelers", "cut_label_events")
)


async def keep_up(pool: "Pool[Record]", keep_events_d: float) -> None:
    """Tells of labels that ended, lets go of those whose source is deleted, cuts the log."""
    while await _done(pool, EXPIRE) or await _done(pool, FORGET):
        pass
    await number(pool)
    if keep_events_d:
        await cut(pool, timedelta(days=keep_events_d))


async def cut(pool: "Pool[Record]", older_than: timedelta) -> int:
    """How many events went."""
    gone = 0
    async with pool.acquire() as connection:
        while True:
            async with connection.transaction():
                await connection.execute(LOCK)
                some: int = await connection.fetchval(CUT, older_than, AT_ONCE)
            gone += some
            if not some:
                return gone


async def _done(pool: "Pool[Record]", statement: str) -> int:
    return int((await pool.execute(statement, AT_ONCE)).split()[-1])
