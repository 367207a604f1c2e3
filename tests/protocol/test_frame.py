"""A frame is the event it tells of, or refused; no bytes do anything else."""

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.event import Account, Commit, Event, Identity, Sync
from indexer.protocol.frame import decode
from load.capture import read_capture
from tests.frames import (
    DID,
    NOW_US,
    REV,
    SEQ,
    TIME,
    TREE,
    Draft,
    account,
    create,
    delete,
    encode,
    error,
    identity,
    message,
    sync,
)

LIKE = "app.bsky.feed.like/3kaaaaaaaab2a"
WHOLE = [
    Draft(create(LIKE, {"n": 1}), delete("app.bsky.feed.post/3kaaaaaaaac2a")).frame(),
    sync(),
    identity(handle="alice.test"),
    account(),
]


def refusal(frame: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        decode(frame, NOW_US)
    return refused.value


def test_an_identity_brings_a_hint() -> None:
    event = decode(identity(handle="alice\0.test"), NOW_US)
    assert isinstance(event, Identity)
    assert (event.seq, event.did, event.handle) == (SEQ, DID, "alice\ufffd.test")
    assert event.time.isoformat() == TIME.replace("Z", "000+00:00")


def test_an_account_has_a_status_known_or_unknown() -> None:
    plain, odd = (
        decode(frame, NOW_US) for frame in (account(), account(active=False, status="odd"))
    )
    assert isinstance(plain, Account)
    assert isinstance(odd, Account)
    assert (plain.active, plain.status) == (True, None)
    assert (odd.active, odd.status) == (False, "odd")


def test_a_sync_says_where_a_repo_stands() -> None:
    event = decode(sync(), NOW_US)
    assert isinstance(event, Sync)
    assert (event.seq, event.did, event.rev, event.data) == (SEQ, DID, REV, TREE)


@pytest.mark.parametrize("frame", [message("#info", {"name": "x"}), error("FutureCursor", "no")])
def test_what_is_no_event_is_none(frame: bytes) -> None:
    assert decode(frame, NOW_US) is None


@pytest.mark.parametrize("op", [0, 2, -2, 1 << 40])
def test_operations_of_the_future_are_none(op: int) -> None:
    assert decode(message("#commit", {}, op=op), NOW_US) is None
    assert decode(cbor2.dumps({"op": op}), NOW_US) is None


@pytest.mark.parametrize("kind", ["#later", "commit", "", "com.example.later#kind"])
def test_kinds_of_the_future_are_none(kind: str) -> None:
    assert decode(message(kind, {"seq": 1}), NOW_US) is None


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff",
        b"\xa0",
        encode({"op": 1}) + encode({}),
        encode({"t": "#commit"}) + encode({}),
        encode({"op": True, "t": "#commit"}) + encode({}),
        encode({"op": 1, "t": 7}) + encode({}),
        encode({"op": 1, "t": "#commit"}),
        encode({"op": 1, "t": "#commit"}) + encode([]),
        message("#account", {}) + b"\0",
        encode([1, "#commit"]) + encode({}),
        identity()[:-1],
        b"\x81" * 1_000_000 + b"\0",
        encode({"op": 1, "t": "#identity"}) + b"\xa1\x61x" + b"\x81" * 1_000_000 + b"\0",
    ],
)
def test_what_is_no_frame_is_bad_framing(frame: bytes) -> None:
    refused = refusal(frame)
    assert isinstance(refused, BadFraming)
    assert refused.reason == "bad_frame"


@pytest.mark.parametrize(
    "frame",
    [
        identity(did="alice.test"),
        identity(did=7),  # type: ignore[arg-type]
        identity(seq=-1),
        identity(handle=7),
        account(active=None),
        account(active=1),
        account(status=True),
        message("#identity", {"did": DID}),
        message("#identity", {"seq": 1}),
        message("#sync", {"seq": 1, "did": DID, "rev": REV, "blocks": "text"}),
    ],
)
def test_a_field_of_another_type_refuses_the_frame(frame: bytes) -> None:
    refused = refusal(frame)
    assert not isinstance(refused, BadFraming)
    assert refused.reason == "bad_frame"


def test_a_sync_is_held_against_what_was_signed() -> None:
    assert refusal(sync(rev="none")).reason == "bad_rev"
    assert refusal(sync(rev="jzzzzzzzzzzzz")).reason == "future_rev"
    body = {"seq": 1, "did": DID, "rev": REV, "blocks": bytes(10_001)}
    assert refusal(message("#sync", body)).reason == "too_big"
    another = sync().replace(DID.encode(), DID.replace("44", "55").encode(), 1)
    assert refusal(another).reason == "bad_commit"


@pytest.mark.parametrize(
    ("time", "arrival"),
    [
        ("2026-03-04T05:06:07Z", "2026-03-04T05:06:07+00:00"),
        ("2026-03-04T05:06:07+01:00", "2026-03-04T04:06:07+00:00"),
        ("2036-01-01T00:00:00Z", "2027-01-15T08:00:00+00:00"),
        ("soon", "2027-01-15T08:00:00+00:00"),
        (None, "2027-01-15T08:00:00+00:00"),
    ],
)
def test_arrival_is_never_later_than_our_clock(time: object, arrival: str) -> None:
    event = decode(message("#identity", {"seq": 1, "did": DID, "time": time}), NOW_US)
    assert event is not None
    assert event.time.isoformat() == arrival


@given(st.binary())
def test_no_bytes_raise_anything_but_invalid(frame: bytes) -> None:
    with suppress(Invalid):
        decode(frame, NOW_US)


def damaged(frames: list[bytes]) -> st.SearchStrategy[bytes]:
    """Real frames with some bytes changed, left out or put in."""

    @st.composite
    def damage(draw: st.DrawFn) -> bytes:
        frame = bytearray(draw(st.sampled_from(frames)))
        for _ in range(draw(st.integers(1, 4))):
            at = draw(st.integers(0, len(frame)))
            end = at + draw(st.integers(0, 3))
            frame[at:end] = draw(st.binary(max_size=3))
        return bytes(frame)

    return damage()


@given(damaged(WHOLE))
def test_no_damage_raises_anything_but_invalid(frame: bytes) -> None:
    with suppress(Invalid):
        decode(frame, NOW_US)


# The corpus. Its arrival times are made up, so they are not held against its revisions.


def frames_of(corpus: Path, name: str) -> list[bytes]:
    return [frame for _, frame in read_capture(corpus / name / "frames.cborseq.zst")]


def test_real_frames_decode_to_what_another_implementation_made_of_them(corpus: Path) -> None:
    lines = (corpus / "relay" / "expected_v1.jsonl").read_text().splitlines()
    expected = [
        {key: value for key, value in json.loads(line).items() if key != "time_us"}
        for line in lines
    ]
    events = [decode(frame, NOW_US) for frame in frames_of(corpus, "relay")]
    assert [told for event in events if event for told in retold(event)] == expected


def retold(event: Event) -> list[dict[str, Any]]:
    """As the other implementation tells it: one object for each op."""
    match event:
        case Commit():
            assert event.refused == ()
            return [
                {
                    "did": op.did,
                    "kind": "commit",
                    "commit": {
                        "rev": op.rev,
                        "operation": op.action,
                        "collection": op.uri.collection,
                        "rkey": op.uri.rkey,
                        **({"record": json.loads(op.record_json), "cid": op.cid} if op.cid else {}),
                    },
                }
                for op in event.ops
            ]
        case Identity():
            return [{"did": event.did, "kind": "identity", "identity": common(event)}]
        case Account():
            body = {"active": event.active, **common(event)}
            return [{"did": event.did, "kind": "account", "account": body}]
    raise AssertionError(event)


def common(event: Identity | Account) -> dict[str, Any]:
    time = event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"did": event.did, "seq": event.seq, "time": time}


def test_a_whole_network_decodes_with_nothing_refused(corpus: Path) -> None:
    counted: Counter[str] = Counter()
    for frame in frames_of(corpus, "devnet"):
        event = decode(frame, NOW_US)
        counted[type(event).__name__] += 1
        if isinstance(event, Commit):
            assert event.refused == ()
            counted["ops"] += len(event.ops)
            assert all(json.loads(op.record_json) is not None for op in event.ops)
    assert counted == {"Commit": 3591, "ops": 3786, "Identity": 127, "Account": 120, "Sync": 120}


def test_commits_given_in_json_decode(corpus: Path) -> None:
    paths = sorted((corpus / "interop" / "firehose").glob("firehose_commit_*.json"))
    assert len(paths) == 4
    for path in paths:
        body = json.loads(path.read_text())
        event = decode(encode({"op": 1, "t": "#commit"}) + encode(body), NOW_US)
        assert isinstance(event, Commit)
        assert (event.seq, event.did, event.rev) == (body["seq"], body["repo"], body["rev"])
        assert event.refused == ()
        told = [(op["action"], op["path"], (op["cid"] or {}).get("$link")) for op in body["ops"]]
        assert [(op.action, "/".join(op.uri.split("/")[3:]), op.cid) for op in event.ops] == told


def test_scenarios_of_the_reference_relay_decode(corpus: Path) -> None:
    """All but two that it drops, too: a `rev` that is no TID, and one that was not signed."""
    paths = sorted((corpus / "scenarios").glob("*.json"))
    refused = []
    for path in paths:
        for told in json.loads(path.read_text())["messages"]:
            frame = told["frame"]
            try:
                assert decode(encode(frame["header"]) + encode(frame["body"]), NOW_US)
            except Invalid as error:
                refused.append((path.stem, error.reason, told["drop"]))
    assert len(paths) == 7
    assert refused == [("rev_ordering", reason, True) for reason in ("bad_rev", "bad_commit")]


def test_no_damage_to_real_frames_raises_anything_but_invalid(corpus: Path) -> None:
    @given(damaged(frames_of(corpus, "relay")))
    def holds(frame: bytes) -> None:
        with suppress(Invalid):
            decode(frame, NOW_US)

    holds()
