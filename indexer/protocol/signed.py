"""The signed commit that heads the blocks of a frame.

Its fields are held against the frame's. The place for the check of the tree; that of its signature
needs a key, and is `signature.verify_commit`.
"""

from typing import NamedTuple

from indexer.protocol.car import check_block, cut_car, is_node
from indexer.protocol.errors import Invalid
from indexer.protocol.record import decode_block
from indexer.protocol.syntax import shown

REPO_VERSION = 3


class Signed(NamedTuple):
    cid: bytes
    data: bytes  # the root CID of the tree
    blocks: dict[bytes, bytes]  # by CID; but for this commit's own, not checked yet


def open_commit(car: bytes, did: str, rev: str) -> Signed:
    """Raises Invalid: `bad_car`, `wrong_hash`, `missing_block`, `bad_commit`."""
    roots, blocks = cut_car(car)
    block = blocks.get(roots[0])
    if block is None:
        raise Invalid("missing_block", "the commit is not among the blocks")
    check_block(roots[0], block)
    commit = decode_block(block, "bad_commit")
    data = commit.get("data") if isinstance(commit, dict) else None
    if not isinstance(data, bytes):
        raise Invalid("bad_commit", "the root of the blocks is no commit")
    if not is_node(data):
        raise Invalid("bad_commit", f"signed: data: no CID of a tree: {shown(data)}")
    found = (commit.get("did"), commit.get("rev"), commit.get("version"))
    if found != (did, rev, REPO_VERSION):
        raise Invalid("bad_commit", f"signed is not what the frame says, but {shown(found)}")
    return Signed(roots[0], data, blocks)
