"""What gates make of other people's posts: the same, whichever record came last."""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any, NamedTuple

import pytest

from indexer.protocol.event import Event
from indexer.protocol.syntax import AtUri
from indexer.shard import verdicts
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, facet, quote, ref, rule
from tests.shard.conftest import write

DAVE = "did:plc:davedddddddddddddddddddd"
ROOT, GATE, POST_GATE = (
    f"at://{BOB}/app.bsky.feed.{kind}/1" for kind in ("post", "threadgate", "postgate")
)
REPLY = f"at://{ALICE}/app.bsky.feed.post/2"
ANSWER = f"at://{DAVE}/app.bsky.feed.post/3"
LIST, ITEM = (f"at://{CAROL}/app.bsky.graph.{kind}/1" for kind in ("list", "listitem"))
FOLLOWING, FOLLOWER = (f"at://{did}/app.bsky.graph.follow/1" for did in (BOB, ALICE))

Json = dict[str, Any]


def answer(parent: str, root: str = ROOT) -> Json:
    return {"text": "", "reply": {"parent": ref(parent), "root": ref(root)}}


def gate(*rules: Json, **more: Any) -> Json:
    return {"post": ROOT, "allow": list(rules), **more}


A_LIST = {"name": "friends", "purpose": "app.bsky.graph.defs#curatelist"}
DISABLE = {"$type": "app.bsky.feed.postgate#disableRule"}
QUOTES = {"text": "", "embed": quote(ROOT)}


class Case(NamedTuple):
    records: dict[str, Json]
    violates: bool  # the reply its thread's gate, or the quote its subject's
    reasons: tuple[str, ...]  # why Bob is told


CASES: dict[str, Case] = {
    "no gate": Case({ROOT: {"text": ""}, REPLY: answer(ROOT)}, False, ("reply",)),
    "a gate for everybody": Case(
        {ROOT: {"text": ""}, REPLY: answer(ROOT), GATE: {"post": ROOT}}, False, ("reply",)
    ),
    "a gate for nobody": Case({ROOT: {"text": ""}, REPLY: answer(ROOT), GATE: gate()}, True, ()),
    "a gate whose root is not there": Case({REPLY: answer(ROOT), GATE: gate()}, True, ()),
    "a rule nobody has heard of": Case(
        {ROOT: {"text": ""}, REPLY: answer(ROOT), GATE: gate(rule("moonRule"))}, True, ()
    ),
    "mentioned": Case(
        {
            ROOT: {"text": "", "facets": [facet(ALICE)]},
            REPLY: answer(ROOT),
            GATE: gate(rule("mentionRule")),
        },
        False,
        ("reply",),
    ),
    "followed": Case(
        {
            ROOT: {"text": ""},
            REPLY: answer(ROOT),
            GATE: gate(rule("followingRule")),
            FOLLOWING: {"subject": ALICE},
        },
        False,
        ("reply",),
    ),
    "following": Case(
        {
            ROOT: {"text": ""},
            REPLY: answer(ROOT),
            GATE: gate(rule("followerRule")),
            FOLLOWER: {"subject": BOB},
        },
        False,
        ("follow", "reply"),
    ),
    "following where only the followed may": Case(
        {
            ROOT: {"text": ""},
            REPLY: answer(ROOT),
            GATE: gate(rule("followingRule")),
            FOLLOWER: {"subject": BOB},
        },
        True,
        ("follow",),
    ),
    "on a list": Case(
        {
            REPLY: answer(ROOT),
            GATE: gate(rule("listRule", list=LIST)),
            LIST: A_LIST,
            ITEM: {"list": LIST, "subject": ALICE},
        },
        False,
        (),
    ),
    "on a list that is not there": Case(
        {
            ROOT: {"text": ""},
            REPLY: answer(ROOT),
            GATE: gate(rule("listRule", list=LIST)),
            ITEM: {"list": LIST, "subject": ALICE},
        },
        True,
        (),
    ),
    "mentioned though it violates": Case(
        {
            ROOT: {"text": ""},
            REPLY: {**answer(ROOT), "facets": [facet(BOB)]},
            GATE: gate(),
        },
        True,
        ("mention",),
    ),
    "hidden": Case(
        {ROOT: {"text": ""}, REPLY: answer(ROOT), GATE: {"post": ROOT, "hiddenReplies": [REPLY]}},
        False,
        (),
    ),
    "below a hidden reply": Case(
        {
            ROOT: {"text": ""},
            REPLY: answer(ROOT),
            ANSWER: answer(REPLY),
            GATE: {"post": ROOT, "hiddenReplies": [REPLY]},
        },
        False,
        (),
    ),
    "a quote": Case({ROOT: {"text": ""}, REPLY: QUOTES}, False, ("quote",)),
    "a quote that is forbidden": Case(
        {ROOT: {"text": ""}, REPLY: QUOTES, POST_GATE: {"post": ROOT, "embeddingRules": [DISABLE]}},
        True,
        (),
    ),
    "a quote that is detached": Case(
        {
            ROOT: {"text": ""},
            REPLY: QUOTES,
            POST_GATE: {"post": ROOT, "detachedEmbeddingUris": [REPLY]},
        },
        True,
        (),
    ),
    "another quote than the one detached": Case(
        {
            ROOT: {"text": ""},
            REPLY: QUOTES,
            POST_GATE: {"post": ROOT, "detachedEmbeddingUris": [ANSWER]},
        },
        False,
        ("quote",),
    ),
}
EVERYTHING = (
    "TRUNCATE notifications, posts, quotes, follows, lists, list_items, thread_gates, post_gates,"
    " repos, users, pending, post_aggregations, user_aggregations, duplicates"
)


def create(stream: Stream, of: str, record: Json) -> Event:
    uri = AtUri(of)
    return stream.create(uri.did, uri.collection, record, uri.rkey)


def delete(stream: Stream, of: str) -> Event:
    uri = AtUri(of)
    return stream.delete(uri.did, uri.collection, uri.rkey)


async def verdict(writer: Writer) -> tuple[bool | None, tuple[str, ...]]:
    """Of the reply, and why Bob is told."""
    assert await writer.pool.fetch("SELECT * FROM judgements") == []
    violates = await writer.pool.fetchval(
        "SELECT violates_thread_gate OR violates_embedding_rules FROM posts WHERE uri = $1", REPLY
    )
    reasons = await writer.pool.fetch(
        "SELECT reason FROM notifications WHERE recipient_did = $1 ORDER BY reason", BOB
    )
    return violates, tuple(reason for (reason,) in reasons)


@pytest.mark.parametrize("name", CASES)
async def test_a_verdict_does_not_depend_on_the_order(name: str, writer: Writer) -> None:
    case = CASES[name]
    for order in permutations(case.records):
        await writer.pool.execute(EVERYTHING)
        stream = Stream()
        events = [create(stream, of, case.records[of]) for of in order]
        await write(writer, *events, at_once=1)
        assert await verdict(writer) == (case.violates, case.reasons), order


@pytest.mark.parametrize("name", CASES)
async def test_a_verdict_is_taken_back_with_what_it_came_from(name: str, writer: Writer) -> None:
    """Whatever goes: as if it had never been there."""
    case = CASES[name]
    stream = Stream()
    await write(writer, *(create(stream, of, record) for of, record in case.records.items()))
    for of, record in case.records.items():
        await write(writer, delete(stream, of))
        without = await verdict(writer)
        await writer.pool.execute(EVERYTHING)
        others = {uri: found for uri, found in case.records.items() if uri != of}
        again = Stream()
        await write(writer, *(create(again, uri, found) for uri, found in others.items()))
        assert await verdict(writer) == without, of
        await write(writer, create(again, of, record))
        assert await verdict(writer) == (case.violates, case.reasons)
        stream = again


@pytest.mark.parametrize("seed", range(4))
async def test_writers_that_cross_come_to_the_same_verdict(seed: int, writer: Writer) -> None:
    """Every record of a case at the same moment, each by a writer of its own."""
    random = Random(seed)
    for name in random.sample(sorted(CASES), len(CASES)):
        case = CASES[name]
        await writer.pool.execute(EVERYTHING)
        stream = Stream()
        owners: dict[str, list[Event]] = {}
        for of, record in random.sample(sorted(case.records.items()), len(case.records)):
            owners.setdefault(AtUri(of).did, []).append(create(stream, of, record))
        await asyncio.gather(*(one_by_one(writer, events) for events in owners.values()))
        assert await verdict(writer) == (case.violates, case.reasons), name


async def one_by_one(writer: Writer, events: Sequence[Event]) -> None:
    for event in events:
        await write(writer, event)


async def test_an_edited_gate_judges_the_whole_thread_anew(writer: Writer) -> None:
    stream = Stream()
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, GATE, gate()))
    many = [
        stream.create(ALICE, "app.bsky.feed.post", answer(ROOT), str(n))
        for n in range(2 * verdicts.POSTS_AT_ONCE + 1)
    ]
    await write(writer, *many)
    count = "SELECT count(*) FROM posts WHERE violates_thread_gate"
    assert await writer.pool.fetchval(count) == len(many)
    uri = AtUri(GATE)
    await write(writer, stream.update(BOB, uri.collection, {"post": ROOT}, uri.rkey))
    assert await writer.pool.fetchval(count) == 0


async def test_what_is_too_long_to_wait_for_is_left_to_the_sweep(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "POSTS_AT_ONCE", 1)
    stream = Stream()
    replies = [
        stream.create(ALICE, "app.bsky.feed.post", answer(ROOT), str(n))
        for n in range(verdicts.INLINE_TURNS + 1)
    ]
    await write(writer, *replies)
    await write(writer, create(stream, GATE, gate()))
    count = "SELECT count(*) FROM posts WHERE violates_thread_gate"
    assert await writer.pool.fetchval(count) == verdicts.INLINE_TURNS
    await writer.pool.execute("UPDATE judgements SET since = since - interval '1 hour'")
    await verdicts.sweep(writer.pool, writer.guard.check)
    assert await writer.pool.fetchval(count) == len(replies)
    assert (await verdict(writer))[1] == ()


async def test_short_cases_are_judged_together_and_long_ones_too(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "POSTS_AT_ONCE", 2 * verdicts.INLINE_CASES)  # two are not few
    stream = Stream()
    roots, gates = (
        [f"at://{BOB}/app.bsky.feed.{kind}/{n}" for n in range(4)]
        for kind in ("post", "threadgate")
    )
    replies = [
        stream.create(ALICE, "app.bsky.feed.post", answer(root, root), f"{n}{times}")
        for n, root in enumerate(roots)
        for times in range(n)
    ]
    await write(writer, *replies)
    await write(
        writer,
        *(create(stream, uri, {"post": roots[n], "allow": []}) for n, uri in enumerate(gates)),
    )
    count = "SELECT count(*) FROM posts WHERE violates_thread_gate"
    assert await writer.pool.fetchval(count) == len(replies)
    assert await writer.pool.fetchval("SELECT count(*) FROM judgements") == 0


async def test_who_guards_a_thread_may_reply_there(writer: Writer) -> None:
    stream = Stream()
    own = f"at://{BOB}/app.bsky.feed.post/own"
    await write(writer, create(stream, ROOT, {"text": ""}), create(stream, GATE, gate()))
    await write(writer, create(stream, own, {**answer(ROOT), "embed": quote(ROOT)}))
    await write(writer, create(stream, POST_GATE, {"post": ROOT, "embeddingRules": [DISABLE]}))
    found = "SELECT violates_thread_gate, violates_embedding_rules FROM posts WHERE uri = $1"
    assert await writer.pool.fetchrow(found, own) == (False, False)


async def test_what_somebody_left_to_be_judged_is_swept(writer: Writer) -> None:
    stream = Stream()
    await write(writer, create(stream, REPLY, answer(ROOT)), create(stream, GATE, gate()))
    await writer.pool.execute("UPDATE posts SET violates_thread_gate = false")
    await writer.pool.execute("INSERT INTO judgements (post_uri, author_did) VALUES ($1, '')", ROOT)
    await verdicts.sweep(writer.pool, writer.guard.check)
    assert await writer.pool.fetchval("SELECT count(*) FROM judgements") == 1, "its writer lives"
    await writer.pool.execute("UPDATE judgements SET since = since - interval '1 hour'")
    await verdicts.sweep(writer.pool, writer.guard.check)
    assert await verdict(writer) == (True, ())


async def test_a_case_that_is_reopened_while_it_is_judged_stays_open(writer: Writer) -> None:
    stream = Stream()
    await write(writer, create(stream, REPLY, answer(ROOT)), create(stream, GATE, gate()))
    leave = "INSERT INTO judgements (post_uri, author_did) VALUES ($1, '') RETURNING number"
    first = await writer.pool.fetchval(leave, ROOT)
    await verdicts.judge_soon(writer.pool, writer.guard.check, [verdicts.Case(ROOT, "", first)])
    again = await writer.pool.fetchval(leave, ROOT)
    await verdicts.judge_soon(writer.pool, writer.guard.check, [verdicts.Case(ROOT, "", first)])
    assert await writer.pool.fetchval("SELECT number FROM judgements") == again != first
