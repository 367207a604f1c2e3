"""Accounts with real repos at PDSs on loopback, which somebody here waits for; a coordinator that
fetches them, and a shard that writes what comes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from aiohttp import web

from indexer import config
from indexer.coordinator.fetcher import keep_fetching
from indexer.coordinator.http import opened
from indexer.coordinator.resolver import Resolver
from indexer.database import BY_KEY, load_query, open_pool
from indexer.parent.link import CoordinatorLink
from indexer.shard.writer import Writer
from load.encoding.frames import Encoder, document
from load.network import Network, Running, running
from load.network.account import Account
from load.network.answer import Answer, Service
from load.network.host import Host
from load.world import Happening, Write
from tests.coordinator.asking import ONCE
from tests.frames import cid_of, encode
from tests.shard.whole import CONTEXT, deliver, loop_of

SEED, START_US = 5, 1_750_000_000_000_000  # June 2025
POST, PROFILE = "app.bsky.feed.post", "app.bsky.actor.profile"
PROVEN, UNPROVEN = "com.atproto.sync.getRecord", "com.atproto.repo.getRecord"
STATUS = "com.atproto.sync.getRepoStatus"
PROD, ADD = load_query("prod_pending"), load_query("add_pending")
SETTINGS: dict[str, Any] = {
    "look_every_s": 0.01,
    "backoff_first_s": 0.01,
    "backoff_max_s": 0.2,
    "per_host_per_s": 2000,
    "at_once": 20,
    "at_once_per_host": 4,
}
HASTY = msgspec.structs.replace(ONCE, try_s=0.3, rest_after=1000, rest_s=0.2)


class Author:
    """Writes a commit a second."""

    def __init__(self, letter: str) -> None:
        self.did = f"did:plc:{letter * 24}"
        self.seconds = 0

    def next(self, kind: Any, *writes: Write, status: str | None = None) -> Happening:
        self.seconds += 1
        time_us = START_US + self.seconds * 1_000_000
        return Happening(time_us, kind, self.did, f"{self.did[-1]}.test", writes, status)


class Place:
    def __init__(self, there: Running, writer: Writer, url: str) -> None:
        self.there, self.writer = there, writer
        self.tasks: list[asyncio.Task[None]] = []
        self.encoder = Encoder(SEED)
        self.loop = loop_of(writer)
        hosts = ",".join(there.private_hosts)
        shipped = config.load({"PLC_URL": there.plc.url, "ALLOW_PRIVATE_HOSTS": hosts})
        self.config = msgspec.structs.replace(
            shipped,
            fetcher=msgspec.structs.replace(shipped.fetcher, **SETTINGS),
            database=msgspec.structs.replace(shipped.database, url=url),
            http=HASTY,
        )

    def set(self, section: str, **values: Any) -> None:
        changed = msgspec.structs.replace(getattr(self.config, section), **values)
        self.config = msgspec.structs.replace(self.config, **{section: changed})

    def author(self, letter: str, host: int = 0) -> Author:
        author = Author(letter)
        account = self.there.network.add(document(SEED, author.did, f"{letter}.test"))
        self.there.settle(account, self.there.pds[host])
        return author

    def account(self, author: Author) -> Account:
        return self.there.network.accounts[author.did]

    def write(self, author: Author, path: str, record: Any) -> bytes:
        """A commit that its PDS has; we have not seen the frame. None deletes."""
        collection, _, rkey = path.partition("/")
        write = Write("delete", collection, rkey)
        if record is not None:
            block = encode({"$type": collection, **record})
            write = Write("create", collection, rkey, block, cid_of(block))
        frame = self.encoder.encode(author.next("commit", write))
        self.there.network.learn(frame)
        return frame

    def post(self, author: Author, text: str = "hello") -> str:
        """A post that we have not seen."""
        path = f"{POST}/{author.seconds}"
        self.write(author, path, {"text": text, "createdAt": "2025-06-15T00:00:00Z"})
        return f"at://{author.did}/{path}"

    def profile(self, author: Author, name: str = "Alice") -> None:
        self.write(author, f"{PROFILE}/self", {"displayName": name})

    def status(self, author: Author, status: str | None) -> bytes:
        """What a relay says of it, and not its PDS."""
        return self.encoder.encode(author.next("account", status=status))

    async def relay(self, *frames: bytes) -> None:
        await deliver(self.loop, *frames)

    async def await_all(self, *subjects: str) -> None:
        kinds = [POST if subject.startswith("at:") else "user" for subject in subjects]
        await self.run(ADD, list(subjects), kinds, self.writer.pending.ttl)

    async def prod(self, *dids: str) -> None:
        await self.run(PROD, list(dids), self.writer.pending.ttl)

    async def exist(self, *authors: Author) -> None:
        """As users of whom nothing is known, and who are waited for."""
        dids = [author.did for author in authors]
        await self.run("INSERT INTO users (did) SELECT unnest($1::text[])", dids)
        await self.await_all(*dids)

    async def run(self, statement: str, *arguments: Any) -> None:
        await self.writer.pool.fetch(statement, *arguments)

    async def value(self, statement: str, *arguments: Any) -> Any:
        return await self.writer.pool.fetchval(statement, *arguments)

    async def until(self, statement: str, *arguments: Any) -> None:
        async with asyncio.timeout(20):
            while not await self.value(statement, *arguments):
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def settled(self) -> None:
        await self.until("SELECT count(*) = 0 FROM pending")

    async def texts(self) -> list[str]:
        return [
            text for (text,) in await self.writer.pool.fetch("SELECT text FROM posts ORDER BY 1")
        ]

    async def waiting(self) -> list[str]:
        rows = await self.writer.pool.fetch("SELECT subject FROM pending ORDER BY 1")
        return [subject for (subject,) in rows]

    async def repo(self, author: Author) -> Any:
        return await self.writer.pool.fetchrow("SELECT * FROM repos WHERE did = $1", author.did)

    @asynccontextmanager
    async def fetching(self) -> AsyncIterator[None]:
        """A coordinator that lives as long as the block."""
        link = CoordinatorLink(CONTEXT)
        link.end._turn = asyncio.Lock()  # as opening it would, which is for a process of its own
        pool = await open_pool(self.config.database.url, "test", 4, settings=BY_KEY)
        listed = self.config.services.allow_private_hosts
        async with opened(self.config.http, listed, dns=self.there.dns) as client:
            resolver = Resolver(client, pool, self.config)
            tasks = self.tasks = [
                asyncio.create_task(self._take(link)),
                asyncio.create_task(keep_fetching(self.config, pool, client, resolver, link.end)),
            ]
            try:
                yield
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

    async def fetch_all(self) -> None:
        async with self.fetching():
            await self.settled()

    async def _take(self, link: CoordinatorLink) -> None:
        async for frame in link.offers():
            await deliver(self.loop, frame, relayed=False)


def answering(host: Host, kind: str, answer: Answer | Service) -> None:
    """From now on the host answers so to questions of this kind."""
    before = host._service

    def service(question: Any) -> Answer:
        if question.kind != kind:
            return before(question)
        return answer if isinstance(answer, Answer) else answer(question)

    host._service = service


def answering_each(host: Host, kind: str, by_subject: dict[str, Answer]) -> None:
    """Likewise, of each subject something else."""
    answering(host, kind, lambda question: by_subject[question.subject])


def hanging(host: Host) -> None:
    """From now on it takes every question and answers none."""

    async def never(*_: Any) -> web.StreamResponse:
        await asyncio.sleep(3600)
        raise AssertionError

    host._live = dict.fromkeys((PROVEN, UNPROVEN, STATUS), never)


@asynccontextmanager
async def living_place(writer: Writer, url: str, hosts: int = 1) -> AsyncIterator[Place]:
    async with running(Network(), pds=hosts) as there:
        yield Place(there, writer, url)
