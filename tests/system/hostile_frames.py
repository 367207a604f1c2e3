"""Frames that somebody made to do harm, by what is wrong with them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import cbor2

from tests.frames import (
    RAW,
    TIME,
    TREE,
    Draft,
    Write,
    account,
    car,
    cid_of,
    encode,
    identity,
    link,
    message,
    sync,
)
from tests.hostile_values import LONG_DID
from tests.protocol.mutants import mark, spell
from tests.records.samples import BOB
from tests.system.hostile_records import POST, Refusal, post

LATER = "jzzzzzzzzzzzz"


class Place(NamedTuple):
    """Where in the stream a frame is to stand."""

    did: str
    rev: str
    seq: int

    def draft(self, *writes: Write) -> Draft:
        return Draft(*(writes or [post("x")]), did=self.did, rev=self.rev, seq=self.seq)

    def with_body(self, **fields: Any) -> bytes:
        draft = self.draft()
        draft.body |= fields
        return draft.frame()

    def with_signed(self, **fields: Any) -> bytes:
        """The signed commit says something else, and is hashed as it is."""
        draft = self.draft()
        head = spell(draft.signed | fields)
        draft.body |= {"commit": link(cid_of(head)), "blocks": car({cid_of(head): head})}
        return draft.frame()

    def with_blocks(self, change: Callable[[bytes], bytes]) -> bytes:
        draft = self.draft()
        head = encode(draft.signed)
        blocks = change(car({cid_of(head): head, **draft.blocks}))
        draft.body |= {"commit": link(cid_of(head)), "blocks": blocks}
        return draft.frame()

    def without(self, field: str) -> bytes:
        header, body = apart(self.draft().frame())
        return header + encode({key: value for key, value in body.items() if key != field})


def apart(frame: bytes) -> tuple[bytes, dict[str, Any]]:
    header = encode(cbor2.loads(frame))
    return header, cbor2.loads(frame[len(header) :])


def many_blocks(count: int) -> Callable[[bytes], bytes]:
    return lambda blocks: blocks + (b"\x24" + cid_of(b"", RAW)) * count


Builder = Callable[[Place], bytes]
BAD, COMMIT = "bad_frame", "bad_commit"

# What is not even a frame, or has no number: it is kept aside without one.
FRAMELESS: Mapping[str, tuple[Builder, Refusal]] = {
    "empty": (lambda _: b"", Refusal(BAD, "ends early")),
    "cut off": (lambda at: at.draft().frame()[:-40], Refusal(BAD, "ends early")),
    "longer than itself": (lambda at: at.draft().frame() + b"\0", Refusal(BAD, "behind its end")),
    "a header of indefinite length": (
        lambda at: b"\xbf\x61t\x67#commit\x62op\x01\xff" + at.draft().frame()[15:],
        Refusal(BAD, "indefinite"),
    ),
    "a body that is a list": (lambda _: message("#commit", [1]), Refusal(BAD, "major type 4")),
    "a key that repeats": (
        lambda at: (
            at.draft().frame().replace(b"esince", b"crev\x61xesince").replace(b"\xad", b"\xae")
        ),
        Refusal(BAD, ""),
    ),
    "a map of very many keys": (
        lambda at: at.with_body(**{f"k{n}": n for n in range(300)}),
        Refusal(BAD, "a map of 3"),
    ),
    "ops without end": (lambda at: at.with_body(ops=[0] * 40_000), Refusal(BAD, "items")),
    "larger than a frame may be": (
        lambda at: at.with_body(fill=bytes(5_000_000)),
        Refusal(BAD, "where 5000000 are allowed"),
    ),
    "no seq": (lambda at: at.without("seq"), Refusal(BAD, "no usable seq in #commit")),
    "a negative seq": (lambda at: at.with_body(seq=-at.seq), Refusal(BAD, "no usable seq")),
    "a huge seq": (lambda at: at.with_body(seq=(1 << 64) - 1), Refusal(BAD, "no usable seq")),
    "a seq that is a text": (
        lambda at: at.with_body(seq=str(at.seq)),
        Refusal(BAD, "no usable seq"),
    ),
}

WHOLE: Mapping[str, tuple[Builder, Refusal]] = {
    "nested without end": (
        lambda at: at.with_body(fill=7).replace(b"dfill\x07", b"dfill" + b"\x81" * 9000 + b"\0"),
        Refusal(BAD, "nested without end"),
    ),
    "keys in disorder": (
        lambda at: at.draft().frame().replace(b"\xa2atg#commitbop\x01", b"\xa2bop\x01atg#commit"),
        Refusal(BAD, "sorted"),
    ),
    "an op that is no map": (
        lambda at: at.with_body(ops=[["create"]]),
        Refusal(BAD, "an op that is no map"),
    ),
    "an op without a path": (lambda at: at.with_body(ops=[{}]), Refusal(BAD, "path: missing")),
    "ops missing": (lambda at: at.without("ops"), Refusal(BAD, "ops: missing")),
    "201 ops": (
        lambda at: at.draft(*(post(str(n)) for n in range(201))).frame(),
        Refusal("too_many_ops", "201 ops"),
    ),
    "two ops on one path": (
        lambda at: at.draft(post("1"), post("1", n=2)).frame(),
        Refusal("duplicate_path", f"two ops on '{POST}/1'"),
    ),
    "a repo that is no DID": (
        lambda at: at.with_body(repo="alice\0.test"),
        Refusal(BAD, r"repo: no DID: 'alice\x00.test'"),
    ),
    "a DID that no index holds": (
        lambda at: at._replace(did=LONG_DID + "x").draft().frame(),
        Refusal("too_big", "801 bytes where 800"),
    ),
    "a rev that is no TID": (lambda at: at.with_body(rev="3k"), Refusal("bad_rev", "no TID: '3k'")),
    "a rev of the future": (
        lambda at: at._replace(rev=LATER).draft().frame(),
        Refusal("future_rev", "ahead of our clock"),
    ),
    "prevData that is no CID": (
        lambda at: at.with_body(prevData=b"no CID"),
        Refusal(BAD, "prevData: no CID of a tree"),
    ),
    "2 MB and more of blocks": (
        lambda at: at.with_blocks(many_blocks(60_000)),
        Refusal("too_big", "bytes of blocks"),
    ),
    "a block that is not what its CID says": (
        lambda at: at.with_blocks(lambda blocks: blocks[:-1] + b"\0"),
        Refusal("wrong_hash", "is not that of 01711220"),
    ),
    "a CID of another kind": (
        lambda at: at.with_blocks(lambda blocks: blocks.replace(b"\x01\x71\x12", b"\x01\x71\x13")),
        Refusal("bad_car", "a CID of an unknown kind"),
    ),
    "a block of no length": (
        lambda at: at.with_blocks(lambda blocks: blocks + b"\0"),
        Refusal("bad_car", "0 bytes of CID and block"),
    ),
    "a length without end": (
        lambda at: at.with_blocks(lambda blocks: blocks + b"\xff" * 12),
        Refusal("bad_car", "a length without an end"),
    ),
    "a length beyond the end": (
        lambda at: at.with_blocks(lambda blocks: blocks + b"\xff" * 7 + b"\x7f"),
        Refusal("bad_car", "bytes of CID and block"),
    ),
    "blocks that are cut off": (
        lambda at: at.with_blocks(lambda blocks: blocks[:-1]),
        Refusal("bad_car", "bytes of CID and block"),
    ),
    "no blocks at all": (lambda at: at.with_body(blocks=b""), Refusal("bad_car", "a length")),
    "a CAR without roots": (
        lambda at: at.with_body(blocks=b"\x11" + encode({"roots": [], "version": 1})),
        Refusal("bad_car", "without version 1 or without roots"),
    ),
    "a CAR that is nested without end": (
        lambda at: at.with_body(blocks=b"\xd1\x0f" + b"\x81" * 2000 + b"\0"),
        Refusal("bad_car", "too much"),
    ),
    "a root that is not there": (
        lambda at: at.with_body(blocks=car({cid_of(b""): b""}, [TREE])),
        Refusal("missing_block", "the commit is not among the blocks"),
    ),
    "a root that is no commit": (
        lambda at: at.with_body(blocks=car({cid_of(b"\xa0"): b"\xa0"})),
        Refusal(COMMIT, "is no commit"),
    ),
    "another commit than it says": (
        lambda at: at.with_body(commit=link(TREE)),
        Refusal(COMMIT, "not what the frame calls its commit"),
    ),
    "signed by somebody else": (lambda at: at.with_signed(did=BOB), Refusal(COMMIT, BOB)),
    "signed for another rev": (
        lambda at: at.with_signed(rev="3k" + "2" * 11),
        Refusal(COMMIT, "3k2"),
    ),
    "signed for a tree that is none": (
        lambda at: at.with_signed(data=b"no CID"),
        Refusal(COMMIT, "no CID of a tree"),
    ),
    "signed with a version nested just deep enough": (
        lambda at: at.with_signed(version=mark(34)),
        Refusal(COMMIT, ""),
    ),
    "a record that is not there": (
        lambda at: at.with_blocks(lambda blocks: blocks[: -len(post("x").block) - 37]),
        Refusal("missing_block", f"the record of {POST}/x"),
    ),
    "an account that is neither": (
        lambda at: account(at.did, at.seq, None),
        Refusal(BAD, "active"),
    ),
    "an account that is 1": (lambda at: account(at.did, at.seq, 1), Refusal(BAD, "active: int")),
    "a status that is no text": (
        lambda at: account(at.did, at.seq, False, status=["deleted"]),
        Refusal(BAD, "status: list, not str"),
    ),
    "a handle that is no text": (
        lambda at: identity(at.did, at.seq, handle=7),
        Refusal(BAD, "handle: int, not str"),
    ),
    "a sync of garbage": (
        lambda at: message(
            "#sync",
            {"seq": at.seq, "did": at.did, "rev": at.rev, "time": TIME, "blocks": b"\x05garbage"},
        ),
        Refusal("bad_car", ""),
    ),
    "a sync of somebody else": (
        lambda at: sync(at.did, at.rev, at.seq).replace(at.did.encode(), BOB.encode(), 1),
        Refusal(COMMIT, ""),
    ),
    "a sync with too much": (
        lambda at: message(
            "#sync",
            {"seq": at.seq, "did": at.did, "rev": at.rev, "time": TIME, "blocks": bytes(10_001)},
        ),
        Refusal("too_big", "in a #sync"),
    ),
}
