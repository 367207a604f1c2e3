"""Accounts with real repos at a PDS on loopback, and a shard that writes what comes of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec

from indexer import config
from indexer.coordinator.http import opened
from indexer.coordinator.repos import keep_resyncing
from indexer.coordinator.resolver import Resolver
from indexer.database import BY_KEY, open_pool
from indexer.parent.link import CoordinatorLink
from indexer.protocol.syntax import make_tid
from indexer.shard.writer import Writer
from load.encoding.frames import Encoder, car, document
from load.encoding.mst import Node
from load.network.names import naming
from load.world import Happening, Write
from tests.coordinator.asking import ONCE
from tests.coordinator.people import Web
from tests.coordinator.strangers import answer, living
from tests.frames import cid_of, encode
from tests.shard.whole import CONTEXT, deliver, loop_of

PLC, PDS = "plc.test", "pds.test"
SEED = 5
START_US = 1_750_000_000_000_000  # June 2025
SECOND_US = 1_000_000
SETTINGS: dict[str, Any] = {
    "backoff_first_s": 0.05,
    "backoff_max_s": 0.2,
    "stall_s": 0.3,
    "look_every_s": 0.05,
}


class Author:
    """What an account writes, and its repo as its PDS has it."""

    def __init__(self, letter: str, encoder: Encoder) -> None:
        self.did = f"did:plc:{letter * 24}"
        self.records: dict[str, bytes] = {}
        self._encoder = encoder
        self.seconds = 0  # since it began

    def rkey(self, number: int) -> str:
        """Of the moment at which the number's commit is made."""
        return make_tid(START_US + number * SECOND_US)

    def write(self, *changes: tuple[str, str, Any]) -> bytes:
        """The frame of a commit. A change is an action, a path and a record."""
        self.seconds += 1
        writes = tuple(self._write(*change) for change in changes)
        time_us = START_US + self.seconds * SECOND_US
        return self._encoder.encode(
            Happening(time_us, "commit", self.did, f"{self.did[-1]}.test", writes)
        )

    def post(self, text: str = "hello") -> bytes:
        return self.write(("create", f"app.bsky.feed.post/{self.rkey(self.seconds + 1)}", text))

    def delete(self, path: str) -> bytes:
        return self.write(("delete", path, None))

    def car(self) -> bytes:
        repository = self._encoder.repositories.take(self.did)
        assert repository.head is not None
        cid = repository.head.cid
        blocks = {cid: repository.head.blocks[cid], **_nodes(repository.tree.root)}
        return car(cid, blocks | {cid_of(block): block for block in self.records.values()})

    def _write(self, action: str, path: str, record: Any) -> Write:
        collection, _, rkey = path.partition("/")
        self.records.pop(path, None)
        if record is None:
            return Write("delete", collection, rkey)
        if isinstance(record, str):
            record = {"text": record, "createdAt": "2025-06-15T00:00:00Z"}
        block = self.records[path] = encode({"$type": collection, **record})
        return Write(action, collection, rkey, block, cid_of(block))  # type: ignore[arg-type]


def _nodes(node: Node) -> dict[bytes, bytes]:
    found = {node.cid: node.block}
    for child in node.children:
        if child is not None:
            found |= _nodes(child)
    return found


class Place:
    """The directory, the PDS, the coordinator's part, and a shard."""

    def __init__(self, port: int, web: Web, writer: Writer, **settings: Any) -> None:
        self.port, self.web, self.writer = port, web, writer
        self.encoder = Encoder(SEED)
        shipped = config.load({"PLC_URL": f"http://{PLC}:{port}"})
        self.config = msgspec.structs.replace(
            shipped, repos=msgspec.structs.replace(shipped.repos, **SETTINGS | settings)
        )
        self.loop = loop_of(writer)
        self.taking = asyncio.Event()
        self.taking.set()
        self.offered = self.taken = 0
        self.lose: set[int] = set()  # which of them, counted from 1

    def author(self, letter: str, host: str = PDS) -> Author:
        author = Author(letter, self.encoder)
        self.publish(author, host=host)
        return author

    def publish(self, author: Author, seed: int = SEED, host: str = PDS) -> None:
        found = document(seed, author.did, f"{author.did[-1]}.test")
        found["service"][0]["serviceEndpoint"] = f"http://{host}:{self.port}"
        self.web.pages[f"{PLC}/{author.did}"] = found

    def serve(self, author: Author, doing: Any = None) -> None:
        """The repo as it is now, or another answer."""
        self.web.pages[self.page(author)] = answer(body=author.car()) if doing is None else doing

    def page(self, author: Author) -> str:
        return f"{PDS}/xrpc/com.atproto.sync.getRepo?did={author.did}"

    def asked(self, author: Author) -> int:
        return self.web.heard.count(self.page(author))

    async def relay(self, *frames: bytes) -> None:
        await deliver(self.loop, *frames)

    async def value(self, statement: str, *arguments: Any) -> Any:
        return await self.writer.pool.fetchval(statement, *arguments)

    async def state(self, author: Author) -> str | None:
        found: str | None = await self.value("SELECT state FROM repos WHERE did = $1", author.did)
        return found

    async def posts(self, author: Author) -> list[str]:
        rows = await self.writer.pool.fetch(
            "SELECT text FROM posts WHERE author_did = $1 ORDER BY uri", author.did
        )
        return [text for (text,) in rows]

    async def ask(self, author: Author, reason: str = "test", tell: bool = False) -> None:
        await self.value(
            "INSERT INTO resyncs (did, reason, tell) VALUES ($1, $2, $3)",
            author.did,
            reason,
            tell,
        )

    async def until(self, statement: str, *arguments: Any) -> None:
        async with asyncio.timeout(20):
            while not await self.value(statement, *arguments):
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        await self.until("SELECT count(*) = 0 FROM resyncs")

    @asynccontextmanager
    async def resyncing(self) -> AsyncIterator[None]:
        """A coordinator that lives as long as the block."""
        link = CoordinatorLink(CONTEXT)
        link.end._turn = asyncio.Lock()  # as opening it would, which is for a process of its own
        pool = await open_pool(self.config.database.url, "test", 4, settings=BY_KEY)
        names_of = self.names
        async with opened(
            ONCE, [f"{host}:{self.port}" for host in (PLC, PDS)], dns=names_of
        ) as client:
            resolver = Resolver(client, pool, self.config)
            tasks = [
                asyncio.create_task(self._take(link)),
                asyncio.create_task(keep_resyncing(self.config, pool, client, resolver, link.end)),
            ]
            try:
                yield
                for task in tasks:
                    if task.done():
                        task.result()
            finally:
                for task in reversed(tasks):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
                await resolver.close()
                if link.end._writer is not None:
                    link.end._writer.close()
                link.close()
        await pool.close()

    async def _take(self, link: CoordinatorLink) -> None:
        async for frame in link.offers():
            self.offered += 1
            await self.taking.wait()
            self.taken += 1
            if self.taken not in self.lose:
                await deliver(self.loop, frame, relayed=False)


@asynccontextmanager
async def living_place(writer: Writer, database_url: str, **settings: Any) -> AsyncIterator[Place]:
    web = Web()
    async with naming() as (names, dns), living(web) as port:
        for host in (PLC, PDS):
            names.says[host] = [["127.0.0.1"]]
        place = Place(port, web, writer, **settings)
        own = msgspec.structs.replace(place.config.database, url=database_url)
        place.config = msgspec.structs.replace(place.config, database=own)
        place.names = dns
        yield place
