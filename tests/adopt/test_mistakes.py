"""What the older system did wrong is right afterwards; `mistakes.sql` says what each row shows."""

from typing import Any

import pytest
from asyncpg import Connection

from indexer.protocol.label import fields_of, read_label
from tests.records.samples import ALICE, BLOB, BOB, CAROL

LABELER = "did:plc:labelerlllllllllllllllll"
GATED, REPLY, QUOTE, AHEAD, BARE = (
    f"at://{did}/app.bsky.feed.post/3kaaaaaaaa{letter}2a"
    for did, letter in ((ALICE, "b"), (BOB, "c"), (CAROL, "d"), (CAROL, "e"), (BOB, "f"))
)


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("avatar_url FROM users WHERE did = '{ALICE}'", BLOB),
        ("banner_url FROM users WHERE did = '{ALICE}'", BLOB),
        ("avatar_url FROM users WHERE did = '{BOB}'", BLOB),
        ("avatar_url FROM users WHERE did = '{CAROL}'", BLOB),
        ("banner_url FROM users WHERE did = '{BOB}'", None),
        ("avatar_url FROM lists", BLOB),
        ("profile_record ->> 'displayName' FROM users WHERE did = '{ALICE}'", "Alice"),
        ("profile_record #>> '{{avatar,ref,$link}}' FROM users WHERE did = '{ALICE}'", BLOB),
        ("profile_record #>> '{{avatar,mimeType}}' FROM users WHERE did = '{ALICE}'", "image/png"),
        ("profile_record ? 'labels' FROM users WHERE did = '{ALICE}'", False),
        (
            "joined_via_starter_pack FROM users WHERE did = '{ALICE}'",
            f"at://{BOB}/app.bsky.graph.starterpack/3kaaaaaaaab2a",
        ),
        ("pinned_post ->> 'uri' FROM users WHERE did = '{ALICE}'", GATED),
        ("policies #>> '{{labelValueDefinitions,0,severity}}' FROM labeler_services", "alert"),
        ("record ->> 'own_name' FROM generic_records", "a\ufffdb"),
        ("langs ->> 1 FROM posts WHERE uri = '{GATED}'", "a\ufffdb"),
        ("embed #>> '{{media,images,0,aspectRatio,height}}' FROM posts WHERE uri = '{QUOTE}'", "2"),
        ("embed #>> '{{media,images,0,alt}}' FROM posts WHERE uri = '{QUOTE}'", '"some_thing": 1'),
        ("feeds FROM starter_packs", f'["at://{BOB}/app.bsky.feed.generator/news"]'),
        ("feed_preferences FROM user_settings", '{"some_key": 1}'),
    ],
)
async def test_blobs_and_json_are_as_the_protocol_has_them(
    ours: Connection, what: str, found: Any
) -> None:
    names = {"ALICE": ALICE, "BOB": BOB, "CAROL": CAROL, "GATED": GATED, "QUOTE": QUOTE}
    assert await ours.fetchval(f"SELECT {what.format(**names)}") == found


async def test_a_handle_that_two_claim_is_nobodys_and_both_are_asked_for(ours: Connection) -> None:
    handles = dict(await ours.fetch("SELECT did, handle FROM users WHERE did <= $1", CAROL))
    assert handles == {ALICE: "alice.test", BOB: "handle.invalid", CAROL: "handle.invalid"}
    waiting = await ours.fetch("SELECT subject, kind FROM pending ORDER BY subject")
    assert [tuple(row) for row in waiting] == [(BOB, "user"), (CAROL, "user")]


async def test_everybody_named_has_a_row_and_a_partial_repo(ours: Connection) -> None:
    dids = {did for (did,) in await ours.fetch("SELECT did FROM users")}
    eve, dave = "did:plc:eveeeeeeeeeeeeeeeeeeeeee", "did:plc:daveddddddddddddddddddddd"
    assert dids == {ALICE, BOB, CAROL, eve, dave, LABELER}
    repos = await ours.fetch("SELECT did, rev, data, state FROM repos")
    assert {tuple(row) for row in repos} == {(did, None, None, "partial") for did in dids}


async def test_times_are_utc_and_posts_are_found(ours: Connection) -> None:
    query = "to_tsquery('simple', 'first')"
    found = await ours.fetchrow(
        f"SELECT uri, created_at, commit_seq FROM posts WHERE search_vector @@ {query}"
    )
    assert found["uri"] == GATED
    assert found["created_at"].isoformat() == "2026-01-02T03:04:05.678000+00:00"
    assert found["commit_seq"] == 30_000_000_001


async def test_what_the_older_system_had_passed_counts_without_a_rev(ours: Connection) -> None:
    """What came later waits for its commit, as rows do that readers store."""
    revs = dict(await ours.fetch("SELECT uri, commit_rev FROM posts"))
    assert (revs[GATED], revs[REPLY], revs[AHEAD]) == ("3kaaaaaaaab2a", "2222222222222", None)
    counts = await ours.fetchrow("SELECT * FROM post_aggregations WHERE post_uri = $1", GATED)
    names = ("like_count", "repost_count", "reply_count", "bookmark_count", "quote_count")
    assert [counts[name] for name in names] == [2, 1, 1, 0, 2]
    assert await ours.fetchval("SELECT like_count FROM feed_generators") == 1
    assert await ours.fetchval("SELECT count(*) FROM bookmarks WHERE commit_rev IS NULL") == 1


async def test_a_time_ahead_of_its_arrival_does_not_sort(ours: Connection) -> None:
    sorts = "SELECT sort_at::text FROM feed_items WHERE type = 'repost'"
    assert await ours.fetchval(sorts) == "2026-01-02 08:00:01+00"


async def test_of_two_equal_edges_the_smaller_uri_counts(ours: Connection) -> None:
    likes = await ours.fetch("SELECT uri FROM likes WHERE user_did = $1", BOB)
    assert [uri for (uri,) in likes] == [f"at://{BOB}/app.bsky.feed.like/3kaaaaaaaab2a"]
    waiting = await ours.fetch("SELECT uri, kept_from, edge FROM duplicates ORDER BY uri")
    assert [tuple(row) for row in waiting] == [
        (
            f"at://{ALICE}/app.bsky.graph.listitem/3kaaaaaaaac2a",
            "list_items",
            [f"at://{ALICE}/app.bsky.graph.list/3kaaaaaaaab2a", CAROL],
        ),
        (f"at://{BOB}/app.bsky.feed.like/3kaaaaaaaac2a", "likes", [BOB, GATED]),
    ]
    ahead = "SELECT row ->> 'uri' FROM adopted.aside WHERE reason LIKE 'stored ahead%'"
    assert await ours.fetchval(ahead) == f"at://{BOB}/app.bsky.feed.like/3kaaaaaaaaa2a"


async def test_quotes_are_those_of_embeds_or_else_of_their_table(ours: Connection) -> None:
    quotes = await ours.fetch("SELECT post_uri, uri, quoted_uri FROM quotes ORDER BY post_uri")
    assert [tuple(row) for row in quotes] == [
        (BARE, f"{BARE}#quote", GATED),
        (QUOTE, f"{QUOTE}#quote", GATED),
    ]


async def test_gates_judge_anew(ours: Connection) -> None:
    judged = await ours.fetch(
        "SELECT uri, has_thread_gate, has_post_gate, violates_thread_gate, violates_embedding_rules"
        " FROM posts ORDER BY uri"
    )
    assert {row[0]: tuple(row)[1:] for row in judged} == {
        GATED: (True, True, False, False),
        REPLY: (False, False, True, False),
        QUOTE: (False, False, False, True),
        AHEAD: (False, False, False, False),
        BARE: (True, False, False, False),
    }
    gates = await ours.fetch("SELECT uri, cid, allow::text FROM thread_gates ORDER BY uri")
    assert gates[1]["uri"] == f"at://{BOB}/app.bsky.feed.threadgate/3kaaaaaaaaf2a"
    assert [gate["cid"] for gate in gates] == ["", ""]
    assert "mentionRule" in gates[0]["allow"]
    assert "listRule" in gates[0]["allow"]
    assert gates[1]["allow"] == "[]"
    assert await ours.fetchval("SELECT embedding_rules ? 'disableRule' FROM post_gates") is False


async def test_a_verification_names_who_vouches(ours: Connection) -> None:
    assert await ours.fetchval("SELECT issuer_did FROM verifications") == ALICE


async def test_a_label_is_one_an_identity_and_the_last_word_counts(ours: Connection) -> None:
    labels = await ours.fetch("SELECT src, subject, val, neg FROM labels ORDER BY val, neg")
    assert [tuple(row) for row in labels] == [
        (ALICE, CAROL, "kind", False),
        (ALICE, BOB, "rude", False),
        (LABELER, BOB, "rude", True),
    ]
    blocks = await ours.fetch("SELECT uri, block FROM labels WHERE block IS NOT NULL")
    for uri, block in blocks:
        assert read_label(fields_of(block)).key == uri
    assert len(blocks) == 2
    events = await ours.fetch("SELECT label_uri, src, action, seq FROM label_events ORDER BY id")
    key = await ours.fetchval("SELECT uri FROM labels WHERE src = $1", LABELER)
    assert [tuple(row) for row in events] == [
        (key, LABELER, "created", 1),
        ("label:1699999999999", "", "deleted", 2),
    ]
    assert await ours.fetchval("SELECT seq FROM label_log") == 2
    meanings = await ours.fetch("SELECT value, severity FROM label_definitions ORDER BY value")
    assert [tuple(row) for row in meanings] == [("rude", "warn"), ("spam", "info")]


async def test_notices_of_what_is_gone_go_and_ids_go_on(ours: Connection) -> None:
    notices = await ours.fetch("SELECT id, is_read FROM notifications")
    assert [tuple(row) for row in notices] == [(2_000_000_000, True)]
    numbers = "SELECT last_value, is_called FROM notifications_id_seq"
    assert tuple(await ours.fetchrow(numbers)) == (2_000_000_000, True)


async def test_cursors_are_kept_by_source_and_the_one_that_missed_nothing(ours: Connection) -> None:
    cursors = dict(await ours.fetch("SELECT service, cursor FROM firehose_cursor"))
    relay = "bsky.network/xrpc/com.atproto.sync.subscribeRepos"
    assert cursors == {relay: 30_000_000_008, "firehose": 30_000_000_007}
