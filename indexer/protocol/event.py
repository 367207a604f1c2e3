"""A frame, decoded. What nobody has to know (`#info`, unknown kinds) is no event.

One is made for every frame, and an op at least: as frozen dataclasses they would take a tenth of
all decoding. None can be in a cycle, so the garbage collector need not know of them.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from indexer.protocol.op import Op

# In every event `time` is its arrival: the frame's own time, but never later than our clock.
# What our own coordinator makes of what it fetched has no `seq`.


class Refused(Struct, frozen=True, gc=False):
    """One op of a commit that may not be stored, and why."""

    uri: str | None  # of the record; None when there is no telling which is meant
    reason: str
    detail: str
    record: bytes | None  # the record's block as it came, if there is one


class Commit(Struct, frozen=True, gc=False):
    seq: int | None
    did: str
    time: datetime
    rev: str
    since: str | None  # the `rev` before it
    prev_data: bytes | None  # the root CID of the tree before it
    data: bytes  # the root CID of the tree, as it was signed
    ops: tuple[Op, ...]
    refused: tuple[Refused, ...]
    block: bytes = b""  # the commit itself, signed
    frame: bytes = b""  # as it came


class Fetched(Struct, frozen=True, gc=False):
    """One record as its author's PDS has it, asked for because something waits for it."""

    did: str
    time: datetime
    subject: str  # what is waited for: the record, or its author
    claim: datetime  # when that was due, as whoever asked left it
    rev: str | None  # of the proof; None when there was none
    known: str | None  # the repo's `rev` here, when it was asked
    ops: tuple[Op, ...]
    refused: tuple[Refused, ...]
    seq: None = None


class Part(Struct, frozen=True, gc=False):
    """A piece of the difference between a repo and what is stored of it."""

    did: str
    time: datetime
    token: int  # of this fetching of the repo
    number: int  # from 1 on, without a break
    last: bool
    rev: str  # of the repo's head
    data: bytes
    ops: tuple[Op, ...]
    refused: tuple[Refused, ...]
    seq: None = None


class Release(Struct, frozen=True, gc=False):
    """A fetching of a repo has ended, well or not: what was held back is to be applied."""

    did: str
    time: datetime
    token: int
    seq: None = None


class Forged(Struct, frozen=True, gc=False):
    """A commit that its author's key has not signed, or not the key that we know; or that does not
    lead to the tree that was signed."""

    seq: int | None
    did: str
    time: datetime
    rev: str
    frame: bytes
    reason: Literal["bad_signature", "bad_tree"]


class Identity(Struct, frozen=True, gc=False):
    seq: int
    did: str
    time: datetime
    handle: str | None  # a hint, verified by nobody


class Account(Struct, frozen=True, gc=False):
    seq: int
    did: str
    time: datetime
    active: bool
    status: str | None


class Sync(Struct, frozen=True, gc=False):
    seq: int
    did: str
    time: datetime
    rev: str
    data: bytes  # the root CID of the tree, as it was signed
    frame: bytes = b""  # as it came


Changes = Commit | Fetched | Part
Event = Changes | Release | Forged | Identity | Account | Sync
