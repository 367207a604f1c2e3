"""Whether a repo is what it says: the signed commit at its root, and the tree below. Pure.

The bytes are a stranger's: they are stepped over by our own scanner, and by no native decoder.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from indexer.protocol.car import is_node
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.scan import entries, integer, text
from indexer.protocol.signed import REPO_VERSION
from indexer.protocol.syntax import is_tid, shown, tid_time

FIELDS = frozenset((b"did", b"version", b"rev", b"data"))
AHEAD = timedelta(minutes=5)  # as a clock may be
LINK_HEAD, CID_BYTES = b"\xd8\x2a\x58\x25\x00", 36


class Head(NamedTuple):
    """What a repo's newest commit says."""

    rev: str
    data: bytes  # the root CID of the tree


def read_head(block: bytes, did: str, now: datetime) -> Head:
    """Of the commit of this account. Raises Invalid: `bad_commit`, `bad_rev`, `future_rev`."""
    try:
        found, end = entries(block, 0, FIELDS)
        said = (text(block, found.get(b"did")), integer(block, found.get(b"version")))
        rev = text(block, found.get(b"rev")) or ""
    except BadFraming as error:
        raise Invalid("bad_commit", str(error)) from None
    if said != (did, REPO_VERSION) or end != len(block):
        raise Invalid("bad_commit", f"the repo's commit is of {shown(said)}")
    data = _link(block, found.get(b"data"))
    if not is_tid(rev):
        raise Invalid("bad_rev", f"no TID: {shown(rev)}")
    if tid_time(rev) > now + AHEAD:
        raise Invalid("future_rev", f"{rev} is of {tid_time(rev)}")
    return Head(rev, data)


def _link(block: bytes, at: int | None) -> bytes:
    if at is not None and block.startswith(LINK_HEAD, at):
        start = at + len(LINK_HEAD)
        if is_node(cid := block[start : start + CID_BYTES]):
            return cid
    raise Invalid("bad_commit", "the repo's commit names no tree")
