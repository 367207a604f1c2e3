"""A frame, decoded. What nobody has to know (`#info`, unknown kinds) is no event."""

from dataclasses import dataclass
from datetime import datetime

from indexer.protocol.op import Op

# In every event `time` is its arrival: the frame's own time, but never later than our clock.
# Only a commit may have come from elsewhere than a stream, and then has no `seq`.


@dataclass(frozen=True, slots=True)
class Refused:
    """One op of a commit that may not be stored, and why."""

    uri: str | None  # of the record; None when there is no telling which is meant
    reason: str
    detail: str
    record: bytes | None  # the record's block as it came, if there is one


@dataclass(frozen=True, slots=True)
class Commit:
    seq: int | None
    did: str
    time: datetime
    rev: str
    since: str | None  # the `rev` before it
    prev_data: bytes | None  # the root CID of the tree before it
    data: bytes  # the root CID of the tree, as it was signed
    ops: tuple[Op, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    seq: int
    did: str
    time: datetime
    handle: str | None  # a hint, verified by nobody


@dataclass(frozen=True, slots=True)
class Account:
    seq: int
    did: str
    time: datetime
    active: bool
    status: str | None


@dataclass(frozen=True, slots=True)
class Sync:
    seq: int
    did: str
    time: datetime
    rev: str
    data: bytes  # the root CID of the tree, as it was signed


Event = Commit | Identity | Account | Sync
