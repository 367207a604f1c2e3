"""One record with what proves it: `com.atproto.sync.getRecord`.

A CAR of the repo's signed commit, the nodes of its tree from the root to the record, and that. All
of it comes from a stranger: no native decoder looks at it.
"""

from typing import NamedTuple

from indexer.protocol.car import is_node, read_car
from indexer.protocol.drisl import decode
from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link
from indexer.protocol.key import Key
from indexer.protocol.signature import verify_commit
from indexer.protocol.signed import REPO_VERSION
from indexer.protocol.syntax import is_tid, shown
from indexer.protocol.tree import prove

MOST_COMMIT_BYTES = 10_000


class Head(NamedTuple):
    """What a repo's newest commit says."""

    rev: str
    data: bytes  # the root CID of the tree


class Proof(NamedTuple):
    head: Head
    cid: bytes | None  # None: there is no such record
    block: bytes  # the record; empty when there is none


def read_proof(car: bytes, did: str, key: Key, path: str) -> Proof:
    """What the account's repo has at `collection/rkey`. Raises Invalid: `bad_car`, `wrong_hash`,
    `missing_block`, `bad_commit`, `bad_signature`, `bad_tree`."""
    roots, blocks = read_car(car)
    commit = blocks.get(roots[0])
    if commit is None:
        raise Invalid("missing_block", "the commit is not among the blocks")
    head = read_head(commit, did)
    if not verify_commit(commit, key):
        raise Invalid("bad_signature", f"the key of {did} has not signed the commit")
    cid = prove(head.data, path, blocks.get)
    if cid is None:
        return Proof(head, None, b"")
    block = blocks.get(cid)
    if block is None:
        raise Invalid("missing_block", "the record is not among the blocks")
    return Proof(head, cid, block)


def read_head(block: bytes, did: str) -> Head:
    """Of an account's commit; its signature is for the caller to check. Raises Invalid:
    `bad_commit`."""
    if len(block) > MOST_COMMIT_BYTES:
        raise Invalid("bad_commit", f"a commit of {len(block)} bytes")
    try:
        values = decode(block)
    except Invalid as error:
        raise Invalid("bad_commit", error.detail) from None
    match values:
        case [{"did": found, "version": version, "rev": str(rev), "data": Link() as data}]:
            if (found, version) != (did, REPO_VERSION):
                raise Invalid("bad_commit", f"of {shown(found)}, version {shown(version)}")
            if not is_tid(rev) or not is_node(data):
                raise Invalid("bad_commit", f"no revision of a tree: {shown(rev)}, {data.hex()}")
            return Head(rev, bytes(data))
    raise Invalid("bad_commit", "the root of the blocks is no commit")
