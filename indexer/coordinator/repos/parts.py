"""The difference between a repo and what is stored of it, cut into frames."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.coordinator.repos.spool import Change
from indexer.protocol.age import Horizon
from indexer.protocol.proof import Head
from indexer.protocol.syntax import is_tid, tid_us
from indexer.protocol.synthetic import Difference, part_frame

MOST_OPS, MOST_BYTES = 500, 1_000_000


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom a record concerns is told of it where it is news: what changed, or came after the
    revision that we had. Nobody is told of the past of an account that is new to us."""

    everything: bool
    since: str | None  # the revision that was stored

    def is_news(self, change: Change) -> bool:
        if self.everything or change.stored:
            return True
        rkey = change.path.partition("/")[2]
        return self.since is not None and is_tid(rkey) and tid_us(rkey) > tid_us(self.since)


def wanted(changes: Iterable[Change], horizon: Horizon | None) -> Iterator[Change]:
    """Without what is not stored and would be too old to be."""
    for change in changes:
        collection, _, rkey = change.path.partition("/")
        if change.stored or horizon is None or not horizon.is_behind(collection, rkey):
            yield change


def frames(
    did: str, token: int, head: Head, changes: Iterable[Change], telling: Telling
) -> Iterator[tuple[int, bytes]]:
    """With their numbers, from 1 on. There is always a last one, be it empty."""
    number, some, size = 1, list[Difference](), 0
    for change in changes:
        if some and (len(some) == MOST_OPS or size + len(change.block) > MOST_BYTES):
            yield (
                number,
                part_frame(did, token, number, some, rev=head.rev, data=head.data, last=False),
            )
            number, some, size = number + 1, [], 0
        some.append(Difference(change.path, change.cid, change.block, telling.is_news(change)))
        size += len(change.block)
    yield number, part_frame(did, token, number, some, rev=head.rev, data=head.data, last=True)
