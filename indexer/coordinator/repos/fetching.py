"""One repo into a spool: streamed, its signature and its tree checked."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

from indexer import metrics
from indexer.coordinator.repos.download import Unusable
from indexer.coordinator.repos.queue import Queue
from indexer.coordinator.repos.spool import Spool
from indexer.coordinator.repos.stream import CarReader
from indexer.coordinator.resolver import Identity, Resolver
from indexer.protocol.errors import Invalid
from indexer.protocol.key import parse_did_key
from indexer.protocol.proof import Head, read_head
from indexer.protocol.signature import verify_commit
from indexer.protocol.syntax import tid_time
from indexer.protocol.tree import walk

AHEAD = timedelta(minutes=5)  # as a clock may be

T = TypeVar("T")


class Desk:
    """A spool and the one thread that works on it. What a thread does takes as long as it takes:
    the loop goes on meanwhile, and closing waits for its turn."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "repo")
        self.spool = Spool()

    async def run(self, do: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do)

    def close(self) -> None:
        self._thread.submit(self.spool.close)
        self._thread.shutdown(wait=False)


async def receive(desk: Desk, pieces: AsyncIterator[bytes]) -> bytes:
    """All blocks into the spool; the commit. Raises `Invalid`, and what the pieces raise."""
    reader = CarReader()
    async for piece in pieces:
        metrics.RESYNC_BYTES.inc(len(piece))
        await desk.run(partial(desk.spool.add_blocks, reader.feed(piece)))
    reader.close()
    root = reader.root or b""
    if (block := await desk.run(partial(desk.spool.block, root))) is None:
        raise Invalid("missing_block", "the commit is not among the blocks")
    return block


async def check(
    block: bytes, identity: Identity, rev: str | None, resolver: Resolver, queue: Queue
) -> Head:
    """`rev` is the one we have. Raises `Invalid`, `Unusable`, `NoAnswer`."""
    now = await queue.now()
    head = read_head(block, identity.did)
    if tid_time(head.rev) > now + AHEAD:
        raise Unusable(f"it stands at {head.rev}, which is in the future")
    if rev is not None and head.rev < rev:
        raise Unusable(f"it stands at {head.rev}, and we at {rev}")
    if not _signed(block, identity):  # perhaps with a key that we have yet to hear of
        again = await resolver.resolve(identity.did, now)
        if not isinstance(again, Identity) or not _signed(block, again):
            raise Unusable("its account's key has not signed it")
    return head


async def unfold(desk: Desk, head: Head) -> None:
    """The tree into the spool. Raises `Invalid`."""
    spool = desk.spool
    await desk.run(partial(spool.add_theirs, walk(head.data, spool.block)))
    if (path := await desk.run(spool.missing)) is not None:
        raise Invalid("missing_block", f"the record at {path} does not come with the repo")


async def lay_beside(desk: Desk, queue: Queue, did: str) -> None:
    """What is stored into the spool."""
    async for some in queue.stored(did):
        await desk.run(partial(desk.spool.add_ours, some))


def _signed(block: bytes, identity: Identity) -> bool:
    if identity.signing_key is None:
        return False
    return verify_commit(block, parse_did_key(identity.signing_key))
