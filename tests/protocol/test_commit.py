"""A commit is what its repo's owner signed, and each op that may be stored is in it."""

from typing import Any

import cbor2
import pytest

from indexer.protocol.commit import MOST_BLOCK_BYTES, MOST_OPS
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit, Refused
from indexer.protocol.frame import decode
from tests.frames import (
    DID,
    NOW_US,
    RAW,
    REV,
    SEQ,
    SINCE,
    TREE,
    Draft,
    Write,
    car,
    cid_of,
    create,
    delete,
    encode,
    link,
    update,
)

LIKE, POST = "app.bsky.feed.like/3kaaaaaaaab2a", "app.bsky.feed.post/3kaaaaaaaac2a"
THING = {"text": "hello", "createdAt": "2026-03-04T05:06:07Z"}


def commit(draft: Draft) -> Commit:
    event = decode(draft.frame(), NOW_US)
    assert isinstance(event, Commit)
    return event


def refusal(draft: Draft) -> str:
    with pytest.raises(Invalid) as refused:
        decode(draft.frame(), NOW_US)
    return refused.value.reason


def refused(write: Write) -> Refused:
    """With a second op beside it, which must stand."""
    event = commit(Draft(write, create(POST, THING)))
    assert [op.uri.collection for op in event.ops] == ["app.bsky.feed.post"]
    (kept_aside,) = event.refused
    return kept_aside


def test_a_commit_says_who_when_and_from_where() -> None:
    event = commit(Draft())
    assert (event.seq, event.did, event.rev, event.since) == (SEQ, DID, REV, SINCE)
    assert event.prev_data == event.data == TREE
    assert event.time.isoformat() == "2026-03-04T05:06:07.890000+00:00"
    assert event.ops == event.refused == ()


def test_ops_keep_their_order_and_share_their_commit() -> None:
    event = commit(Draft(create(POST, THING), delete(LIKE), update("com.example.a/self", {})))
    assert [op.action for op in event.ops] == ["create", "delete", "update"]
    assert [op.uri for op in event.ops] == [
        f"at://{DID}/{path}" for path in (POST, LIKE, "com.example.a/self")
    ]
    assert {(op.rev, op.seq, op.time, op.did) for op in event.ops} == {
        (event.rev, event.seq, event.time, event.did)
    }


def test_an_op_carries_its_record_and_the_block_it_came_in() -> None:
    write = create(POST, THING)
    (op,) = commit(Draft(write)).ops
    assert op.record == {"$type": "app.bsky.feed.post", **THING}
    assert op.block == write.block
    assert op.cid is not None
    assert op.cid.startswith("bafyrei")


def test_a_deletion_carries_nothing() -> None:
    (op,) = commit(Draft(delete(POST))).ops
    assert (op.cid, op.record, op.block) == (None, {}, b"")


def test_the_first_commit_of_a_repo_follows_none() -> None:
    draft = Draft()
    draft.body |= {"since": None, "prevData": None}
    event = commit(draft)
    assert (event.since, event.prev_data) == (None, None)


def test_fields_of_the_past_and_of_the_future_are_ignored() -> None:
    draft = Draft(create(POST, THING))
    draft.body |= {"tooBig": True, "rebase": True, "blobs": [link(TREE)], "later": {"a": [1]}}
    assert len(commit(draft).ops) == 1


def test_blocks_that_no_op_names_do_no_harm() -> None:
    draft = Draft(create(POST, THING))
    draft.blocks |= {cid_of(b"\xff", RAW): b"\xff", cid_of(b"\xa0"): b"damaged"}
    assert len(commit(draft).ops) == 1


@pytest.mark.parametrize("path", ["nothing", "app.bsky.feed.post", "a/b", "app.bsky.feed.post/a/b"])
def test_an_op_on_a_path_that_cannot_be_is_refused_alone(path: str) -> None:
    for write in (create(path, THING), delete(path)):
        kept_aside = refused(write)
        assert (kept_aside.uri, kept_aside.reason) == (None, "bad_path")
        assert path in kept_aside.detail


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (encode({"$type": "app.bsky.feed.post"}), "type_mismatch"),
        (encode(["app.bsky.feed.like"]), "bad_record"),
        (b"\xff", "bad_record"),
        (encode({"$type": "app.bsky.feed.like", "n": 1 << 63}), "bad_record"),
        (encode({"$type": "app.bsky.feed.like", "text": " " * 1_000_000}), "too_big"),
    ],
)
def test_a_record_that_may_not_be_stored_is_refused_alone(block: bytes, reason: str) -> None:
    kept_aside = refused(Write("create", LIKE, block))
    assert kept_aside.uri == f"at://{DID}/{LIKE}"
    assert (kept_aside.reason, kept_aside.record) == (reason, block)


def test_a_record_whose_cid_says_it_is_none_is_refused_alone() -> None:
    draft = Draft(create(LIKE, THING))
    (block,) = draft.blocks.values()
    draft.blocks = {cid_of(block, RAW): block}
    draft.ops[0]["cid"] = link(cid_of(block, RAW))
    (kept_aside,) = commit(draft).refused
    assert kept_aside.reason == "bad_cid"


def test_an_action_of_the_future_is_refused_alone_and_touches_nothing() -> None:
    kept_aside = refused(Write("merge", LIKE, b""))
    assert (kept_aside.uri, kept_aside.reason) == (None, "bad_op")


def test_two_ops_on_one_path_refuse_the_commit() -> None:
    assert refusal(Draft(create(POST, THING), delete(POST))) == "duplicate_path"


def test_a_record_that_is_not_there_refuses_the_commit() -> None:
    draft = Draft(create(POST, THING), create(LIKE, THING))
    draft.blocks.popitem()
    assert refusal(draft) == "missing_block"
    draft.ops[1]["cid"] = None
    assert refusal(draft) == "missing_block"


def test_a_block_that_is_not_what_its_cid_says_refuses_the_commit() -> None:
    draft = Draft(create(POST, THING))
    draft.blocks = dict.fromkeys(draft.blocks, b"\xa0")
    assert refusal(draft) == "wrong_hash"


def test_ops_and_bytes_have_a_limit() -> None:
    paths = [f"com.example.a/{n}" for n in range(MOST_OPS + 1)]
    assert len(commit(Draft(*map(delete, paths[:MOST_OPS]))).ops) == MOST_OPS
    assert refusal(Draft(*map(delete, paths))) == "too_many_ops"
    draft = Draft()
    draft.body["blocks"] = bytes(MOST_BLOCK_BYTES + 1)
    assert refusal(draft) == "too_big"


@pytest.mark.parametrize(
    "signed",
    [
        {"did": "did:plc:someoneelse"},
        {"rev": SINCE},
        {"version": 2},
        {"version": None},
        {"data": None},
        {"data": "text"},
    ],
)
def test_what_was_signed_must_be_what_the_frame_says(signed: dict[str, Any]) -> None:
    draft = Draft(create(POST, THING))
    draft.signed |= signed
    assert refusal(draft) == "bad_commit"


def test_the_root_of_the_blocks_must_be_the_commit() -> None:
    draft = Draft(create(POST, THING))
    draft.body["commit"] = link(TREE)
    assert refusal(draft) == "bad_commit"
    draft.body["blocks"] = car(draft.blocks, roots=[TREE])
    assert refusal(draft) == "missing_block"
    draft.body["blocks"] = car({cid_of(b"\x80"): b"\x80"})
    assert refusal(draft) == "bad_commit"


@pytest.mark.parametrize("rev", ["", "3mgacygqcyk2", "3lmxjza3nva00", "zzzzzzzzzzzzz", "0" * 5000])
def test_a_revision_that_is_no_tid_refuses_the_commit(rev: str) -> None:
    assert refusal(Draft(create(POST, THING), rev=rev)) == "bad_rev"


def test_a_revision_may_be_ahead_of_our_clock_by_minutes() -> None:
    draft = Draft(create(POST, THING))
    made_us = 1_772_628_512_285_648  # what REV says
    for ahead_us, fine in ((299_000_000, True), (301_000_000, False)):
        try:
            assert decode(draft.frame(), made_us - ahead_us)
            assert fine
        except Invalid as error:
            assert (error.reason, fine) == ("future_rev", False)


@pytest.mark.parametrize(
    "body",
    [
        {"seq": 0},
        {"seq": -1},
        {"seq": "1"},
        {"seq": True},
        {"seq": (1 << 53) + 1},
        {"repo": None},
        {"repo": "alice.test"},
        {"rev": None},
        {"since": 7},
        {"prevData": "text"},
        {"ops": None},
        {"ops": [[]]},
        {"ops": [{"action": "create"}]},
        {"ops": [{"action": "create", "path": 7}]},
        {"ops": [{"action": "create", "path": POST, "cid": "bafy"}]},
        {"blocks": "text"},
        {"blocks": None},
    ],
)
def test_a_frame_with_a_field_of_another_type_is_refused(body: dict[str, Any]) -> None:
    draft = Draft(create(POST, THING))
    draft.body |= body
    assert refusal(draft) == "bad_frame"


def test_a_commit_without_blocks_is_refused() -> None:
    draft = Draft()
    draft.body |= {"blocks": b"", "tooBig": True}
    assert refusal(draft) == "bad_car"


def test_a_signed_commit_that_is_no_cbor_is_refused() -> None:
    draft = Draft()
    head = b"\xff"
    draft.body |= {"commit": link(cid_of(head)), "blocks": car({cid_of(head): head})}
    assert refusal(draft) == "bad_commit"


def test_the_detail_says_what_and_where() -> None:
    draft = Draft(create(POST, THING))
    draft.blocks.clear()
    with pytest.raises(Invalid, match=POST) as caught:
        decode(draft.frame(), NOW_US)
    assert str(caught.value) == f"{caught.value.reason}: {caught.value.detail}"


def test_a_path_of_hostile_length_is_shown_in_bounds() -> None:
    event = commit(Draft(delete("x" * 100_000)))
    assert len(event.refused[0].detail) < 400
    assert len(cbor2.dumps(event.refused[0].detail)) < 400
