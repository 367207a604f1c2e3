"""What one frame says, decoded."""

from dataclasses import dataclass
from datetime import datetime

from indexer.protocol.op import Op


@dataclass(frozen=True, slots=True)
class Refused:
    """One op of a commit that may not be stored, and why."""

    uri: str | None  # None when there is no telling which record is meant
    reason: str
    detail: str
    record: bytes | None  # the record's block, as it came


@dataclass(frozen=True, slots=True)
class Commit:
    seq: int | None  # None: not from a stream
    did: str
    time: datetime  # arrival: the frame's time, never later than our clock
    rev: str
    since: str | None  # the `rev` before it
    prev_data: bytes | None  # root CID of the tree before it
    data: bytes  # root CID of the tree
    ops: tuple[Op, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    seq: int
    did: str
    time: datetime
    handle: str | None  # a hint, not verified


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
    data: bytes  # root CID of the tree


Event = Commit | Identity | Account | Sync
