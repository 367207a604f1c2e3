"""What the bodies of all kinds of frames have in common, read and checked."""

from datetime import datetime, timedelta
from typing import Any, TypeVar

from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import (
    EPOCH,
    LONGEST_DID,
    check_length,
    is_did,
    is_tid,
    parse_datetime,
    shown,
    tid_us,
)

MOST_SEQ = 1 << 53
AHEAD_US = 5 * 60 * 1_000_000  # how far the author's clock may be ahead of ours

Body = dict[str, Any]
T = TypeVar("T")


def field(body: Body, name: str, kind: type[T]) -> T:
    value = body.get(name)
    if type(value) is kind:  # not isinstance: True is no sequence number
        return value
    found = "missing" if value is None else f"{type(value).__name__}, not {kind.__name__}"
    raise Invalid("bad_frame", f"{name}: {found}")


def maybe(body: Body, name: str, kind: type[T]) -> T | None:
    return None if body.get(name) is None else field(body, name, kind)


def seq_of(body: Body) -> int:
    seq = field(body, "seq", int)
    if 0 < seq <= MOST_SEQ:
        return seq
    raise Invalid("bad_frame", f"seq: {seq}")


def did_of(body: Body, name: str) -> str:
    did = field(body, name, str)
    if is_did(did):
        check_length(did, LONGEST_DID)
        return did
    raise Invalid("bad_frame", f"{name}: no DID: {shown(did)}")


def rev_of(body: Body, received_us: int) -> str:
    rev = field(body, "rev", str)
    if not is_tid(rev):
        raise Invalid("bad_rev", f"no TID: {shown(rev)}")
    ahead_us = tid_us(rev) - received_us
    if ahead_us > AHEAD_US:
        raise Invalid("future_rev", f"{rev} is {ahead_us // 1_000_000} s ahead of our clock")
    return rev


def arrival_of(body: Body, received_us: int) -> datetime:
    """The frame's time, never later than our clock; our clock where it has none."""
    received = EPOCH + timedelta(0, 0, received_us)
    time = parse_datetime(body.get("time"))
    return received if time is None or time > received else time
