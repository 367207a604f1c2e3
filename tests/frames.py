"""Frames spelled out: what a relay would send for some ops, whole or damaged on purpose.

    Draft(create("app.bsky.feed.like/3k…", {"subject": …})).frame()

Whatever a draft holds can be changed before its frame is made. Records are in atproto JSON.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import cbor2
import libipld

DID = "did:plc:44ybard66vv44zksje25o7dz"
REV, SINCE = "3mgacygqcyk2y", "3mgacyfbqzc2y"
TIME = "2026-03-04T05:06:07.890Z"
SEQ = 31_527_015_322
NOW_US = 1_800_000_000_000_000  # January 2027: later than REV and TIME
DAG_CBOR, RAW = b"\x01\x71\x12\x20", b"\x01\x55\x12\x20"
TREE = DAG_CBOR + bytes(32)
NO_BLOCK = b""

Json = Mapping[str, Any]


class Write(NamedTuple):
    action: str
    path: str
    block: bytes  # NO_BLOCK when deleted


def create(path: str, record: Json) -> Write:
    return Write("create", path, encode(with_type(path, record)))


def update(path: str, record: Json) -> Write:
    return Write("update", path, encode(with_type(path, record)))


def delete(path: str) -> Write:
    return Write("delete", path, NO_BLOCK)


class Draft:
    """A #commit in the making. Its signature and tree are no real ones."""

    def __init__(self, *writes: Write, did: str = DID, rev: str = REV, seq: int = SEQ) -> None:
        self.signed: dict[str, Any] = {
            "did": did,
            "rev": rev,
            "version": 3,
            "prev": None,
            "data": link(TREE),
            "sig": bytes(64),
        }
        self.ops = [_op(write) for write in writes]
        self.blocks = {cid_of(write.block): write.block for write in writes if write.block}
        self.body: dict[str, Any] = {
            "seq": seq,
            "repo": did,
            "time": TIME,
            "rev": rev,
            "since": SINCE,
            "prevData": link(TREE),
            "blobs": [],
            "rebase": False,
            "tooBig": False,
        }

    def frame(self) -> bytes:
        """What is in `body` already (`ops`, `blocks`, `commit` too) is left as it is."""
        head = cbor2.dumps(self.signed, canonical=True)
        root = cid_of(head)
        made = {
            "ops": self.ops,
            "commit": link(root),
            "blocks": car({root: head, **self.blocks}),
        }
        return message("#commit", made | self.body)


def _op(write: Write) -> dict[str, Any]:
    cid = link(cid_of(write.block)) if write.block else None
    op: dict[str, Any] = {"action": write.action, "path": write.path, "cid": cid}
    return op if write.action == "create" else op | {"prev": link(TREE)}


def sync(did: str = DID, rev: str = REV, seq: int = SEQ) -> bytes:
    head = encode({"did": did, "rev": rev, "version": 3, "prev": None} | {"data": link(TREE)})
    body = {"seq": seq, "did": did, "time": TIME, "rev": rev}
    return message("#sync", body | {"blocks": car({cid_of(head): head})})


def identity(did: str = DID, seq: int = SEQ, **fields: Any) -> bytes:
    return message("#identity", {"seq": seq, "did": did, "time": TIME} | fields)


def account(did: str = DID, seq: int = SEQ, active: Any = True, **fields: Any) -> bytes:
    return message("#account", {"seq": seq, "did": did, "time": TIME, "active": active} | fields)


def message(kind: str, body: Json, op: int = 1) -> bytes:
    return cbor2.dumps({"op": op, "t": kind}, canonical=True) + cbor2.dumps(body, canonical=True)


def error(name: str, text: str) -> bytes:
    return cbor2.dumps({"op": -1}) + encode({"error": name, "message": text})


def car(blocks: Mapping[bytes, bytes], roots: Iterable[bytes] = ()) -> bytes:
    """The first block is the root unless others are named."""
    named = [link(root) for root in roots or list(blocks)[:1]]
    header = cbor2.dumps({"roots": named, "version": 1}, canonical=True)
    return _sized(header) + b"".join(_sized(cid + block) for cid, block in blocks.items())


def _sized(data: bytes) -> bytes:
    size, head = len(data), b""
    while size > 0x7F:
        head += bytes((size & 0x7F | 0x80,))
        size >>= 7
    return head + bytes((size,)) + data


def cid_of(block: bytes, kind: bytes = DAG_CBOR) -> bytes:
    return kind + sha256(block).digest()


def link(cid: bytes) -> cbor2.CBORTag:
    return cbor2.CBORTag(42, b"\0" + cid)


def with_type(path: str, record: Json) -> Json:
    return {"$type": path.partition("/")[0], **record}


def encode(value: Any) -> bytes:
    """DAG-CBOR of atproto JSON."""
    return cbor2.dumps(_plain(value), canonical=True)


def _plain(value: Any) -> Any:
    match value:
        case {"$link": str(text)}:
            return link(libipld.decode_multibase(text)[1])
        case {"$bytes": str(text)}:
            return b64decode(text + "=" * (-len(text) % 4))
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
    return value
