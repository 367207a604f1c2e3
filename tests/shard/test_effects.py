"""Whom a record tells, whichever of the two records that it takes came second."""

from itertools import permutations
from typing import Any

import pytest

from indexer.protocol.event import Event
from indexer.shard.writer import Writer
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, CAROL, PACK, POST, REPOST, facet, quote, ref
from tests.shard.conftest import write

DAVE = "did:plc:davedddddddddddddddddddd"
FEED_POST = "app.bsky.feed.post"
THREAD_GATE, POST_GATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
Told = tuple[str, str, str, str | None]  # who, by whom, why, about what


async def told(writer: Writer) -> list[Told]:
    """Short: names for DIDs, record keys for subjects."""
    found = await writer.pool.fetch(
        "SELECT recipient_did, author_did, reason, reason_subject FROM notifications ORDER BY uri"
    )
    return sorted(
        (row[0][8:11], row[1][8:11], row[2], row[3] and row[3].rpartition("/")[2]) for row in found
    )


def post(stream: Stream, did: str, rkey: str, **record: Any) -> Event:
    return stream.create(did, FEED_POST, {"text": rkey, **record}, rkey)


def uri(did: str, rkey: str) -> str:
    return f"at://{did}/{FEED_POST}/{rkey}"


def reply(parent: str, root: str) -> dict[str, Any]:
    return {"reply": {"parent": ref(parent), "root": ref(root)}}


def create(stream: Stream, did: str, of: str, record: dict[str, Any]) -> Event:
    """The record with this URI."""
    _, _, _, collection, rkey = of.split("/")
    return stream.create(did, collection, record, rkey)


LIKE = f"at://{ALICE}/app.bsky.feed.like/l"
PROFILE = f"at://{ALICE}/app.bsky.actor.profile/self"
LABELER = f"at://{BOB}/app.bsky.labeler.service/self"
GENERATOR = f"at://{BOB}/app.bsky.feed.generator/g"


async def in_any_order(writer: Writer, records: dict[str, tuple[str, dict[str, Any]]]) -> set[str]:
    """Write the records in every order, and take one back; the notices of each, as text."""
    results = set()
    for order in permutations(records):
        for at_once in (1, len(records)):
            await writer.pool.execute(
                "TRUNCATE notifications, posts, likes, reposts, quotes, repos, users,"
                " starter_packs, feed_generator_records, labeler_service_records, pending,"
                " post_aggregations, user_aggregations"
            )
            stream = Stream()
            events = [create(stream, records[of][0], of, records[of][1]) for of in order]
            await write(writer, *events, at_once=at_once)
            results.add(repr(await told(writer)))
    return results


CASES: dict[str, tuple[dict[str, tuple[str, dict[str, Any]]], list[Told]]] = {
    "like of a post": (
        {POST: (BOB, {"text": ""}), LIKE: (ALICE, {"subject": ref(POST)})},
        [("bob", "ali", "like", POST[-13:])],
    ),
    "like of a generator": (
        {
            GENERATOR: (BOB, {"did": BOB, "displayName": "g"}),
            LIKE: (ALICE, {"subject": ref(GENERATOR)}),
        },
        [("bob", "ali", "like", "g")],
    ),
    "like of a labeler": (
        {
            LABELER: (BOB, {"policies": {"labelValues": []}}),
            LIKE: (ALICE, {"subject": ref(LABELER)}),
        },
        [("bob", "ali", "like", "self")],
    ),
    "like via a repost": (
        {
            POST: (BOB, {"text": ""}),
            REPOST: (CAROL, {"subject": ref(POST)}),
            LIKE: (ALICE, {"subject": ref(POST), "via": ref(REPOST)}),
        },
        [
            ("bob", "ali", "like", POST[-13:]),
            ("bob", "car", "repost", POST[-13:]),
            ("car", "ali", "like-via-repost", REPOST[-13:]),
        ],
    ),
    "starter pack": (
        {
            PACK: (BOB, {"name": "p", "list": f"at://{BOB}/app.bsky.graph.list/x"}),
            PROFILE: (ALICE, {"joinedViaStarterPack": ref(PACK)}),
        },
        [("bob", "ali", "starterpack-joined", PACK[-13:])],
    ),
    "thread four deep": (
        {
            uri(BOB, "1"): (BOB, {"text": ""}),
            uri(CAROL, "2"): (CAROL, {"text": "", **reply(uri(BOB, "1"), uri(BOB, "1"))}),
            uri(DAVE, "3"): (DAVE, {"text": "", **reply(uri(CAROL, "2"), uri(BOB, "1"))}),
            uri(ALICE, "4"): (ALICE, {"text": "", **reply(uri(DAVE, "3"), uri(BOB, "1"))}),
        },
        [
            ("bob", "ali", "reply", "1"),
            ("bob", "car", "reply", "1"),
            ("bob", "dav", "reply", "1"),
            ("car", "ali", "reply", "2"),
            ("car", "dav", "reply", "2"),
            ("dav", "ali", "reply", "3"),
        ],
    ),
    "mention before quote before reply": (
        {
            uri(BOB, "1"): (BOB, {"text": ""}),
            uri(CAROL, "2"): (CAROL, {"text": ""}),
            uri(ALICE, "3"): (
                ALICE,
                {
                    "text": "",
                    "facets": [facet(BOB), facet(DAVE), facet(ALICE)],
                    "embed": quote(uri(CAROL, "2")),
                    **reply(uri(BOB, "1"), uri(BOB, "1")),
                },
            ),
        },
        [
            ("bob", "ali", "mention", None),
            ("car", "ali", "quote", "2"),
            ("dav", "ali", "mention", None),
        ],
    ),
    "quote and reply of one author": (
        {
            uri(BOB, "1"): (BOB, {"text": ""}),
            uri(BOB, "2"): (BOB, {"text": ""}),
            uri(ALICE, "3"): (
                ALICE,
                {
                    "text": "",
                    "embed": quote(uri(BOB, "2")),
                    **reply(uri(BOB, "1"), uri(BOB, "1")),
                },
            ),
        },
        [("bob", "ali", "quote", "2")],
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_notices_do_not_depend_on_the_order(case: str, writer: Writer) -> None:
    records, expected = CASES[case]
    assert await in_any_order(writer, records) == {repr(sorted(expected))}


@pytest.mark.parametrize("case", CASES)
async def test_a_notice_goes_when_its_subject_goes_and_comes_back_with_it(
    case: str, writer: Writer
) -> None:
    records, expected = CASES[case]
    stream = Stream()
    await write(writer, *(create(stream, did, of, record) for of, (did, record) in records.items()))
    for of, (did, record) in records.items():
        _, _, _, collection, rkey = of.split("/")
        await write(writer, stream.delete(did, collection, rkey))
        about = "SELECT uri FROM notifications WHERE reason_subject = $1"
        assert await writer.pool.fetch(about, of) == []
        await write(writer, create(stream, did, of, record))
        assert await told(writer) == sorted(expected)


async def test_nobody_is_told_about_themselves(writer: Writer) -> None:
    stream = Stream()
    await write(
        writer,
        post(stream, ALICE, "1"),
        post(stream, ALICE, "2", embed=quote(uri(ALICE, "1")), **reply(uri(ALICE, "1"), POST)),
        stream.create(ALICE, "app.bsky.feed.like", {"subject": ref(uri(ALICE, "1"))}, "l"),
        stream.create(ALICE, "app.bsky.graph.follow", {"subject": ALICE}, "f"),
    )
    assert await told(writer) == []


async def test_a_notice_read_stays_read_through_an_update(writer: Writer) -> None:
    stream = Stream()
    like = {"subject": ref(uri(BOB, "1"))}
    await write(
        writer, post(stream, BOB, "1"), stream.create(ALICE, "app.bsky.feed.like", like, "l")
    )
    await writer.pool.execute("UPDATE notifications SET is_read = true")
    await write(writer, stream.update(ALICE, "app.bsky.feed.like", {**like, "new": 1}, "l"))
    await write(writer, stream.update(BOB, FEED_POST, {"text": "edited"}, "1"))
    assert await writer.pool.fetch("SELECT is_read FROM notifications") == [(True,)]


async def test_a_notice_of_another_subject_is_unread(writer: Writer) -> None:
    stream = Stream()
    like = {"subject": ref(uri(BOB, "1"))}
    await write(writer, post(stream, BOB, "1"), post(stream, CAROL, "2"))
    await write(writer, stream.create(ALICE, "app.bsky.feed.like", like, "l"))
    await writer.pool.execute("UPDATE notifications SET is_read = true")
    other = {"subject": ref(uri(CAROL, "2"))}
    await write(writer, stream.update(ALICE, "app.bsky.feed.like", other, "l"))
    assert await writer.pool.fetch("SELECT is_read, recipient_did FROM notifications") == [
        (False, CAROL)
    ]


async def test_taking_back_a_verification_tells_its_subject(writer: Writer) -> None:
    stream, nsid = Stream(), "app.bsky.graph.verification"
    record = {"subject": BOB, "handle": "bob.test", "displayName": "Bob"}
    await write(writer, stream.create(ALICE, nsid, record, "v"))
    assert await told(writer) == [("bob", "ali", "verified", None)]
    await write(writer, stream.delete(ALICE, nsid, "v"))
    assert await told(writer) == [("bob", "ali", "unverified", None)]


async def test_a_subject_under_a_handle_tells_nobody_and_awaits_nothing(writer: Writer) -> None:
    subject = "at://bob.test/app.bsky.feed.post/1"
    await write(
        writer,
        Stream().create(ALICE, "app.bsky.feed.like", {"subject": ref(subject)}, "l"),
    )
    assert await writer.pool.fetchval("SELECT post_uri FROM likes") == subject
    assert await told(writer) == []
    assert await writer.pool.fetch("SELECT subject FROM pending WHERE kind <> 'user'") == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_gates_mark_their_post_until_they_go(order: tuple[int, ...], writer: Writer) -> None:
    stream, of_post = Stream(), {"post": uri(ALICE, "1"), "allow": []}
    records = ((FEED_POST, {"text": ""}), (THREAD_GATE, of_post), (POST_GATE, of_post))
    events = [stream.create(ALICE, *records[n], "1") for n in order]
    await write(writer, *events, at_once=1)
    marks = "SELECT has_thread_gate, has_post_gate FROM posts"
    assert await writer.pool.fetch(marks) == [(True, True)]
    await write(writer, stream.delete(ALICE, THREAD_GATE, "1"))
    assert await writer.pool.fetch(marks) == [(False, True)]


async def test_what_is_waited_for_is_pending_until_it_comes(writer: Writer) -> None:
    stream = Stream()
    waiting = "SELECT subject, kind FROM pending WHERE kind <> 'user'"
    await write(writer, stream.create(ALICE, "app.bsky.feed.like", {"subject": ref(POST)}, "l"))
    assert await writer.pool.fetch(waiting) == [(POST, FEED_POST)]
    await write(writer, create(stream, BOB, POST, {"text": ""}))
    assert await writer.pool.fetch(waiting) == []


async def test_an_edited_answer_moves_the_notices_of_those_below_it(writer: Writer) -> None:
    stream = Stream()
    first, second, middle = uri(BOB, "1"), uri(BOB, "2"), uri(CAROL, "3")
    await write(writer, post(stream, BOB, "1"), post(stream, BOB, "2"))
    await write(writer, post(stream, CAROL, "3", **reply(first, first)))
    await write(writer, post(stream, ALICE, "4", **reply(middle, first)))
    edited = {"text": "", **reply(second, second)}
    await write(writer, stream.update(CAROL, FEED_POST, edited, "3"))
    assert await told(writer) == [
        ("bob", "ali", "reply", "2"),
        ("bob", "car", "reply", "2"),
        ("car", "ali", "reply", "3"),
    ]


async def test_a_post_tells_only_so_many_and_a_mention_too_long_to_keep_harms_nothing(
    writer: Writer,
) -> None:
    many = [facet(f"did:plc:{n:024}") for n in range(200)]
    await write(writer, post(Stream(), ALICE, "1", facets=[*many, facet("did:web:" + "x" * 2000)]))
    assert await writer.pool.fetchval("SELECT count(*) FROM posts") == 1
    assert await writer.pool.fetchval("SELECT count(*) FROM notifications") == 100
