"""What the parent keeps in PostgreSQL, over one connection of its own: the lock of the live
indexer, the cursor, gaps, and frames that it refuses itself.

When this connection breaks, so did perhaps the others, and PostgreSQL may have forgotten the last
commits of all; then nothing that the parent remembers counts. It is never made again in silence.
Its witness goes with every batch: else a shard that was begun when PostgreSQL was there again would
not know that what it is sent rests on what was forgotten.
"""

import asyncio
from contextlib import AsyncExitStack

import asyncpg

from indexer.database import AlreadyHeld, call_witness, connect, hold, load_query
from indexer.parent.cursor import Mark
from indexer.protocol.syntax import clean, is_did, parse_datetime

ANSWER_S = 60.0  # A server that is silent for so long is as good as lost.
RELEASE_S = 3.0  # A killed indexer's lock may outlive it for a moment.


class Ledger:
    def __init__(self, connection: asyncpg.Connection, service: str, witness: int) -> None:
        self.lost = asyncio.Event()
        self.witness = witness
        self._connection = connection
        self._service = service
        self._turn = asyncio.Lock()
        connection.add_termination_listener(lambda _: self.lost.set())

    @classmethod
    async def open(cls, url: str, service: str, name: str) -> "Ledger":
        """Raises AlreadyHeld when another indexer serves this source into this database."""
        # What PostgreSQL forgets in a crash, the cursor in it forgets too.
        connection = await connect(url, name, synchronous_commit="off")
        async with AsyncExitStack() as unless_held:
            unless_held.push_async_callback(connection.close)
            await _hold(connection, service)
            witness = await call_witness(connection)
            unless_held.pop_all()
        return cls(connection, service, witness)

    async def start(self) -> Mark | None:
        """The stored cursor and the time of the event at it."""
        row = await self._fetchrow("read_cursor", self._service)
        if row is None or row["cursor"] is None:
            return None
        time = row["last_event_time"]
        return Mark(row["cursor"], time and time.isoformat())

    async def save(self, mark: Mark) -> None:
        await self._execute("save_cursor", self._service, mark.seq, parse_datetime(mark.time))

    async def note_gap(self, after: Mark, until: Mark, reason: str) -> None:
        times = [parse_datetime(mark.time) for mark in (after, until)]
        await self._execute(
            "note_gap", self._service, after.seq, times[0], until.seq, times[1], reason
        )

    async def quarantine(
        self, frame: bytes, reason: str, detail: str, *, seq: int | None, did: str | None
    ) -> None:
        """`did` is what the frame names; it is stored only if it is one."""
        whose = did if did is not None and is_did(did) else None
        row = (seq, whose, None, reason, clean(detail), frame, None, None, None)
        await self._execute("quarantine", self._service, *([value] for value in row))

    async def close(self) -> None:
        try:
            await self._connection.close(timeout=2)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            self._connection.terminate()

    async def _execute(self, query: str, *values: object) -> None:
        async with self._turn:
            await self._connection.execute(load_query(query), *values, timeout=ANSWER_S)

    async def _fetchrow(self, query: str, *values: object) -> asyncpg.Record | None:
        async with self._turn:
            return await self._connection.fetchrow(load_query(query), *values, timeout=ANSWER_S)


async def _hold(connection: asyncpg.Connection, service: str) -> None:
    deadline = asyncio.get_running_loop().time() + RELEASE_S
    while True:
        try:
            return await hold(connection, service)
        except AlreadyHeld:
            if asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.2)
