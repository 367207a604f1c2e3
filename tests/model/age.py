"""Which records have grown too old to be kept."""

from dataclasses import dataclass
from datetime import datetime

from indexer.protocol.op import Op
from indexer.protocol.syntax import is_tid, tid_time

SAID = {f"app.bsky.feed.{name}" for name in "post like repost threadgate postgate".split()}
GATES = {"app.bsky.feed.threadgate", "app.bsky.feed.postgate"}  # their arrival is not stored


@dataclass(frozen=True, slots=True)
class Memory:
    """What is kept: what is not from before, and all of those who are protected."""

    since: datetime
    protected: frozenset[str] = frozenset()

    def keeps(self, op: Op) -> bool:
        if op.uri.collection not in SAID or op.did in self.protected:
            return True
        tells = [op.created_at]
        if op.uri.collection not in GATES:
            tells.append(op.time)
        if is_tid(op.uri.rkey):
            tells.append(tid_time(op.uri.rkey))
        return min(tells) >= self.since
