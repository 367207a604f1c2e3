"""A shard's loop in this process, and the coordinator's part in fetching a repo whole."""

from collections.abc import Iterable, Sequence
from multiprocessing import Pipe, get_context
from typing import NamedTuple

from indexer.channel import Batch, Frame, Pulse, ShardEnd
from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from indexer.protocol.synthetic import Difference, part_frame, release_frame
from indexer.shard.keys import Keys
from indexer.shard.loop import Loop
from indexer.shard.writer import Writer
from load.encoding.mst import cid_of

CONTEXT = get_context("spawn")
LATER_US = 4_000_000_000_000_000  # the times in what is made are made up
BEGIN = """
    WITH fetching AS (UPDATE repos SET state = 'fetching' WHERE did = $1)
    INSERT INTO resyncs (did, reason, token) VALUES ($1, 'test', $2)
    ON CONFLICT (did) DO UPDATE SET token = $2, parts = 0, complete = false
"""


class Head(NamedTuple):
    """What a repo is after some commits."""

    did: str
    rev: str
    data: bytes
    records: dict[str, tuple[bytes, bytes]]  # path: CID, block


def loop_of(writer: Writer, keys: Keys | None = None) -> Loop:
    _, child = Pipe()
    return Loop(ShardEnd(child, Pulse(CONTEXT), CONTEXT.Queue(), 1), writer, 1000, False, keys)


async def deliver(loop: Loop, *frames: bytes, relayed: bool = True) -> None:
    """In one batch. What is not relayed has no number."""
    sent: list[Frame] = [(1 if relayed else None, LATER_US, frame) for frame in frames]
    await loop._write([Batch(1, 1, 0, sent)])


def commits_of(frames: Iterable[bytes], did: str | None = None) -> list[Commit]:
    events = [decode(frame, LATER_US) for frame in frames]
    return [e for e in events if isinstance(e, Commit) and did in (None, e.did)]


def head_of(commits: Sequence[Commit]) -> Head:
    """Of one account's commits from the first on."""
    records: dict[str, tuple[bytes, bytes]] = {}
    for commit in commits:
        for op in commit.ops:
            path = op.uri.removeprefix(f"at://{op.did}/")
            records.pop(path, None)
            if op.cid is not None:
                records[path] = (cid_of(op.block), op.block)
    last = commits[-1]
    return Head(last.did, last.rev, last.data, records)


def parts_of(
    head: Head, token: int, gone: Iterable[str] = (), at_once: int = 1000, tell: bool = False
) -> list[bytes]:
    """Frames that store all of the repo, and nothing of `gone`."""
    found = [Difference(path, cid, block, tell) for path, (cid, block) in head.records.items()]
    found += [Difference(path) for path in gone]
    cuts = [found[at : at + at_once] for at in range(0, len(found), at_once)] or [[]]
    return [
        part_frame(
            head.did,
            token,
            number,
            some,
            rev=head.rev,
            data=head.data,
            last=number == len(cuts),
        )
        for number, some in enumerate(cuts, 1)
    ]


async def begin(writer: Writer, did: str, token: int) -> None:
    await writer.pool.execute(BEGIN, did, token)


def released(head: Head, token: int) -> bytes:
    return release_frame(head.did, token)
