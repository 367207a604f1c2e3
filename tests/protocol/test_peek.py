"""A peek says what the decoder would say, and outlives any bytes."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import cbor2
import libipld
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.protocol import peek as peeking
from indexer.protocol.errors import BadFraming
from indexer.protocol.peek import Peek, notice, peek
from tests.frames import (
    DID,
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
    link,
    message,
    sync,
    update,
)
from tests.protocol.test_frame import damaged, frames_of

LIKE = "app.bsky.feed.like/3kaaaaaaaab2a"
COMMIT = Draft(create(LIKE, {"n": 1})).frame()
DELETION = Draft(delete(LIKE)).frame()
FIRST = Draft(create(LIKE, {}))
FIRST.body |= {"since": None}
del FIRST.body["prevData"]
USUAL = [COMMIT, DELETION, Draft(update(LIKE, {"n": 2})).frame()]
OTHERS = [
    FIRST.frame(),
    Draft().frame(),
    Draft(create(LIKE, {}), delete("app.bsky.feed.post/3kaaaaaaaac2a")).frame(),
    Draft(create("a.b.c/d", {}), did="did:web:a.test", seq=7).frame(),
    sync(),
    identity(handle="a.test"),
    account(),
    message("#later", {"seq": 9, "did": DID, "more": [{"x": link(TREE)}, None, b"x" * 300]}),
]


def oracle(frame: bytes) -> Peek | None:
    """By the native decoder; None when it refuses the frame or would not look into it."""
    try:
        header, body = libipld.decode_dag_cbor_multi(frame)
        kind, seq = header["t"], body.get("seq")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    if (
        type(header.get("op")) is not int
        or header["op"] != 1
        or not isinstance(kind, str)
        or not kind
    ):
        return None
    usable = type(seq) is int and 0 < seq <= 1 << 53
    did, time = body.get("repo" if kind == "#commit" else "did"), body.get("time")
    return Peek(kind, seq if usable else None, text(did), text(time))


def text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def agrees(frame: bytes) -> bool:
    """Where the decoder takes the frame, the peek says the same; else it says what it likes."""
    expected = oracle(frame)
    if expected is None:
        with suppress(BadFraming):
            peek(frame)
        return True
    return peek(frame) == expected


@pytest.mark.parametrize("frame", [*USUAL, *OTHERS])
def test_a_peek_agrees_with_the_decoder(frame: bytes) -> None:
    assert oracle(frame) == peek(frame)


def test_a_commit_is_known_by_its_kind_number_repo_and_time() -> None:
    assert peek(COMMIT) == Peek("#commit", SEQ, DID, TIME)


@pytest.mark.parametrize("frame", USUAL)
def test_theusual_commit_is_found_without_scanning(frame: bytes) -> None:
    assert peeking.usual_commit(frame) == peeking._peek(frame)


@pytest.mark.parametrize("frame", OTHERS)
def test_other_frames_are_not_taken_for_theusual_commit(frame: bytes) -> None:
    assert peeking.usual_commit(frame) is None


def test_what_stands_inside_other_fields_is_not_seen() -> None:
    decoy = encode({"seq": 666, "repo": "did:web:evil.test", "did": "did:web:evil.test"})
    draft = Draft(create(LIKE, {"seq": 666, "repo": "evil"}))
    draft.body |= {
        "a": decoy,
        "aa": {"seq": 666},
        "zzzz": [{"repo": "x"}],
        "did": "did:web:evil.test",
    }
    assert peek(draft.frame()) == Peek("#commit", SEQ, DID, TIME)


def test_a_field_that_stands_twice_is_bad_framing() -> None:
    twice = b"\xa2cseq\x01cseq\x02"
    with pytest.raises(BadFraming, match="seq twice"):
        peek(encode({"op": 1, "t": "#commit"}) + twice)


@pytest.mark.parametrize("seq", [None, "1", -1, 0, (1 << 53) + 1, (1 << 64) - 1, [1], True, 1.5])
def test_a_number_that_no_relay_may_send_is_none(seq: object) -> None:
    frame = message("#identity", {"seq": seq, "did": 7, "time": b""})
    assert peek(frame) == Peek("#identity", None, None, None)


def test_a_number_may_be_large() -> None:
    assert peek(identity(seq=1 << 53)).seq == 1 << 53


@pytest.mark.parametrize("op", [0, 2, -2])
def test_of_operations_of_the_future_nothing_is_said(op: int) -> None:
    assert peek(cbor2.dumps({"op": op}) + b"\xff\xff") == Peek("", None, None, None)
    assert peek(message("#commit", {"seq": 1}, op=op)) == Peek("", None, None, None)


def test_a_notice_has_a_name_and_a_message() -> None:
    assert peek(error("FutureCursor", "no")).kind == "error"
    assert notice(error("FutureCursor", "no")) == ("FutureCursor", "no")
    info = message("#info", {"name": "OutdatedCursor", "message": "late"})
    assert peek(info).kind == "#info"
    assert notice(info) == ("OutdatedCursor", "late")
    assert notice(message("#info", {"name": 7})) == ("", "")


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff",
        b"\xa0",
        encode({"t": "#commit"}) + b"\xa0",
        encode({"op": "1"}) + b"\xa0",
        encode({"op": 1}) + b"\xa0",
        encode({"op": 1, "t": 7}) + b"\xa0",
        encode({"op": 1, "t": "#commit"}),
        encode({"op": 1, "t": "#commit"}) + b"\x80",
        encode({"op": 1, "t": "#commit"}) + b"\xa1\x01\x01",
        encode({"op": 1, "t": "#commit"}) + b"\xa1dtime\x61\xff",
        encode({"op": 1, "t": "#commit"}) + b"\xbf\xff",
        encode({"op": 1, "t": "#commit"}) + b"\xa1aa\x9f\xff",
        COMMIT + b"\0",
        COMMIT[:-1],
        DELETION + b"\xa0",
    ],
)
def test_what_is_no_frame_is_bad_framing(frame: bytes) -> None:
    with pytest.raises(BadFraming):
        peek(frame)


def test_a_frame_that_ends_early_is_bad_framing_wherever_it_ends() -> None:
    for frame in (*USUAL, *OTHERS):
        for end in range(len(frame)):
            with pytest.raises(BadFraming):
                peek(frame[:end])


HEAD = encode({"op": 1, "t": "#commit"}) + b"\xa1aa"


@pytest.mark.parametrize(
    "body",
    [
        b"\x81" * 5_000_000,
        b"\xa1\x61a" * 1_500_000,
        b"\xd8\x2a" * 2_000_000,
        b"\x9b" + b"\xff" * 8 + b"\0" * 5_000_000,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\x7b" + b"\xff" * 8 + b"x",
        b"\x9a\x00\x4c\x4b\x40" + b"\0" * 5_000_000,
    ],
)
def test_hostile_nesting_and_lengths_are_bad_framing_soon(body: bytes) -> None:
    with pytest.raises(BadFraming):
        peek(HEAD + body)


def test_a_map_of_millions_of_fields_is_bad_framing_soon() -> None:
    with pytest.raises(BadFraming, match="entries"):
        peek(HEAD[:-3] + b"\xba\x00\x20\x00\x00" + b"\x60\x00" * 0x200000)


@given(st.binary())
@example(b"\xa2bop\x01at\x61x\xa0")
def test_no_bytes_raise_anything_but_bad_framing(frame: bytes) -> None:
    assert agrees(frame)
    with suppress(BadFraming):
        notice(frame)


@given(damaged([*USUAL, *OTHERS]))
def test_no_damage_makes_it_disagree_with_the_decoder(frame: bytes) -> None:
    assert agrees(frame)


keys = st.sampled_from(["seq", "did", "repo", "time", "a", "ops", "blocks"]) | st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(["#commit", "#identity", "#x"]), st.dictionaries(keys, values, max_size=8))
def test_a_peek_at_any_body_agrees_with_the_decoder(kind: str, body: dict[str, Any]) -> None:
    frame = message(kind, body)
    assert oracle(frame) is not None
    assert agrees(frame)


def test_peeks_at_real_frames_agree_with_the_decoder(corpus: Path) -> None:
    for name in ("relay", "devnet"):
        frames = frames_of(corpus, name)
        assert [peek(frame) for frame in frames] == [oracle(frame) for frame in frames]


def test_real_commits_are_usual(corpus: Path) -> None:
    frames = frames_of(corpus, "relay")
    usual = [frame for frame in frames if peeking.usual_commit(frame)]
    assert len(usual) > 0.9 * len(frames)
    assert [peek(frame) for frame in usual] == [peeking._peek(frame) for frame in usual]


def test_no_damage_to_real_frames_makes_it_disagree_with_the_decoder(corpus: Path) -> None:
    @given(damaged(frames_of(corpus, "relay")))
    def holds(frame: bytes) -> None:
        assert agrees(frame)

    holds()
