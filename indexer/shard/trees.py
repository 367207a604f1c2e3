"""Commits held against the tree that was signed: their ops undone on it must give the tree before.

The signature covers the tree alone. Without this a relay could pass on a commit with ops left out.
"""

from typing import Any

import libipld

from indexer.protocol.body import maybe
from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit, Event, Forged
from indexer.protocol.inversion import Change, invert


def checked(event: Event) -> Event:
    """The same event, unless it is a commit whose ops are not what changed its repo. One that does
    not say which tree was before, as the older ones did not, passes."""
    if not isinstance(event, Commit) or event.prev_data is None:
        return event
    try:
        followed = _tree_before(event) == event.prev_data
    except Invalid:
        followed = False
    if followed:
        return event
    return Forged(event.seq, event.did, event.time, event.rev, event.frame, "bad_tree")


def _tree_before(commit: Commit) -> bytes:
    """The frame was decoded before."""
    _, body = libipld.decode_dag_cbor_multi(commit.frame)
    _, blocks = read_car(body["blocks"])
    return invert(commit.data, [_change(op) for op in body["ops"]], blocks.get)


def _change(op: dict[str, Any]) -> Change:
    """`prev` is nobody's to look at but ours. Raises Invalid."""
    return Change(op["path"], maybe(op, "prev", bytes), maybe(op, "cid", bytes))
