"""#commit: what one repo's new revision changes.

A frame that says what it must not is refused whole. An op that may not be stored is set aside with
its reason, and the rest of its commit stands.
"""

from datetime import datetime
from typing import Any, Literal, NamedTuple

from indexer.protocol.body import Body, arrival_of, did_of, field, maybe, rev_of, seq_of
from indexer.protocol.car import check_block, is_node
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit, Refused
from indexer.protocol.op import Op, deletion
from indexer.protocol.record import decode_record
from indexer.protocol.signed import open_commit
from indexer.protocol.syntax import AtUri, cid_text, is_nsid, is_rkey, shown

MOST_OPS = 200
MOST_BLOCK_BYTES = 2_000_000
_DAG_CBOR = 0x71


class Revision(NamedTuple):
    """What all ops of a commit share."""

    rev: str
    seq: int | None
    time: datetime


def decode_commit(body: Body, received_us: int, frame: bytes) -> Commit:
    seq = seq_of(body)
    did, rev = did_of(body, "repo"), rev_of(body, received_us)
    changes = _changes(field(body, "ops", list))
    car = field(body, "blocks", bytes)
    if len(car) > MOST_BLOCK_BYTES:
        raise Invalid("too_big", f"{len(car)} bytes of blocks")
    signed = open_commit(car, did, rev)
    if signed.cid != body.get("commit"):
        raise Invalid("bad_commit", "the root of the blocks is not what the frame calls its commit")
    revision = Revision(rev, seq, arrival_of(body, received_us))
    ops: list[Op] = []
    refused: list[Refused] = []
    for path, change in changes.items():
        op = _op(did, path, change, signed.blocks, revision)
        if isinstance(op, Op):
            ops.append(op)
        else:
            refused.append(op)
    since, before = maybe(body, "since", str), _tree_before(body)
    block = signed.blocks[signed.cid]
    return Commit(
        seq,
        did,
        revision.time,
        rev,
        since,
        before,
        signed.data,
        tuple(ops),
        tuple(refused),
        block,
        frame,
    )


def _tree_before(body: Body) -> bytes | None:
    cid = maybe(body, "prevData", bytes)
    if cid is None or is_node(cid):
        return cid
    raise Invalid("bad_frame", f"prevData: no CID of a tree: {shown(cid)}")


def _changes(ops: list[Any]) -> dict[str, Body]:
    """By path, in their order."""
    if len(ops) > MOST_OPS:
        raise Invalid("too_many_ops", f"{len(ops)} ops in one commit")
    changes: dict[str, Body] = {}
    for op in ops:
        if not isinstance(op, dict):
            raise Invalid("bad_frame", f"an op that is no map: {shown(op)}")
        path = field(op, "path", str)
        if path in changes:
            raise Invalid("duplicate_path", f"two ops on {shown(path)}")
        changes[path] = op
    return changes


def _op(
    did: str, path: str, change: Body, blocks: dict[bytes, bytes], revision: Revision
) -> Op | Refused:
    collection, _, rkey = path.partition("/")
    if not is_nsid(collection) or not is_rkey(rkey):
        return Refused(None, "bad_path", f"no collection and record key: {shown(path)}", None)
    uri = AtUri(f"at://{did}/{path}")
    match change.get("action"):
        case "delete":
            return deletion(uri, *revision)
        case "create" | "update" as action:
            cid = maybe(change, "cid", bytes) or b""
            block = blocks.get(cid)
            if block is None:
                raise Invalid("missing_block", f"the record of {path} is not among the blocks")
            check_block(cid, block)
        case unknown:
            return Refused(None, "bad_op", f"{path}: unknown action {shown(unknown)}", None)
    return stored(action, uri, cid, block, revision)


def stored(
    action: Literal["create", "update"], uri: AtUri, cid: bytes, block: bytes, revision: Revision
) -> Op | Refused:
    """An op by which a record is there, of a block that hashes to its CID."""
    try:
        if cid[1] != _DAG_CBOR:
            raise Invalid("bad_cid", "its CID says that it is no DAG-CBOR")
        record = decode_record(block, uri.collection)
        return Op(action, uri, cid_text(cid), record, block, *revision)
    except Invalid as error:
        return Refused(uri, error.reason, error.detail, block)
