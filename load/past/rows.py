"""The records that a past leaves, as ops: of each the last version, of those deleted none."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from indexer.protocol.commit import Revision, stored
from indexer.protocol.op import Op
from indexer.protocol.syntax import EPOCH, AtUri
from load.world import Happening, Write
from load.world.times import rev_of

_GONE = -1


class Survivors:
    """Notes which write of a record was the last, where there is more than one. A first playing of
    the past tells, and a second one asks in the same order."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._number = 0

    def note(self, happening: Happening) -> None:
        for write in happening.writes:
            self._number += 1
            uri = f"at://{happening.did}/{write.path}"
            if write.action == "delete":
                self._last[uri] = _GONE
            elif write.action == "update" or uri in self._last:
                self._last[uri] = self._number

    def ops(self, happenings: Iterable[Happening]) -> Iterator[Op]:
        number = 0
        for seq, happening in enumerate(happenings, 1):
            for write in happening.writes:
                number += 1
                uri = AtUri(f"at://{happening.did}/{write.path}")
                if self._last.get(uri, number) == number:
                    yield _op(uri, write, seq, happening.time_us)


def _op(uri: AtUri, write: Write, seq: int, time_us: int) -> Op:
    """As a frame would bring it, whose time has milliseconds."""
    time = EPOCH + timedelta(milliseconds=time_us // 1000)
    assert write.cid is not None
    op = stored("create", uri, write.cid, write.block, Revision(rev_of(time_us), seq, time))
    if not isinstance(op, Op):
        raise ValueError(f"{uri}: {op.reason}: {op.detail}")
    return op
