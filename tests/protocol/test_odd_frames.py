"""Frames that somebody made to do harm: each is refused with a reason, and quickly."""

from contextlib import suppress

import cbor2
import pytest

from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from tests.frames import (
    NOW_US,
    RAW,
    TREE,
    Draft,
    Write,
    account,
    car,
    cid_of,
    create,
    delete,
    encode,
    link,
    sync,
)

LIKE = "app.bsky.feed.like/3kaaaaaaaab2a"
WHOLE = Draft(create(LIKE, {"n": 1}), delete("app.bsky.feed.post/3kaaaaaaaac2a")).frame()


def refusal(frame: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        decode(frame, NOW_US)
    return refused.value


@pytest.mark.parametrize("frame", [WHOLE, sync(), account()])
def test_a_frame_cut_at_any_byte_is_bad_framing(frame: bytes) -> None:
    assert decode(frame, NOW_US)
    for end in range(len(frame)):
        assert isinstance(refusal(frame[:end]), BadFraming), end


@pytest.mark.parametrize(
    "data", [b"", b"no CID", TREE[:-1], RAW + bytes(32), b"\x12\x20" + bytes(32)]
)
def test_a_tree_has_a_cid_of_its_kind(data: bytes) -> None:
    signed, before = Draft(), Draft()
    signed.signed["data"] = before.body["prevData"] = data
    assert refusal(signed.frame()).reason == "bad_commit"
    assert refusal(before.frame()).reason == "bad_frame"
    assert "prevData" in refusal(before.frame()).detail


def test_blocks_that_nobody_named_are_passed_over() -> None:
    """Tens of thousands of empty ones, some twice, and a second root."""
    draft = Draft(create(LIKE, {"n": 1}))
    head = encode(draft.signed)
    blocks = car({cid_of(head): head, **draft.blocks}, [cid_of(head), TREE])
    empty = b"\x24" + cid_of(b"", RAW)
    draft.body |= {"commit": link(cid_of(head)), "blocks": blocks + empty * 50_000}
    event = decode(draft.frame(), NOW_US)
    assert isinstance(event, Commit)
    assert (len(event.ops), event.refused) == (1, ())


@pytest.mark.parametrize("depth", [10, 100, *range(900, 1030, 5), 5000])
def test_nothing_is_nested_too_deep_to_be_spoken_of(depth: int) -> None:
    """Where the native decoder gives up depends on the stack, and so does `repr`."""
    deep = b"\x81" * depth + b"\0"
    record = Draft(Write("create", LIKE, b"\xa1\x65$type" + deep))
    with suppress(Invalid):
        event = decode(record.frame(), NOW_US)
        assert isinstance(event, Commit)
        assert event.refused
    head = cbor2.dumps(Draft().signed | {"version": "here"}, canonical=True)
    head = head.replace(b"\x64here", deep)
    signed, ops = Draft(), Draft()
    signed.body |= {"commit": link(cid_of(head)), "blocks": car({cid_of(head): head})}
    assert refusal(signed.frame()).reason == "bad_commit"
    ops.body["ops"] = ["here"]
    assert refusal(ops.frame().replace(b"\x64here", deep)).reason == "bad_frame"
