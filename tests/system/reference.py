"""The tables of the reference AppView after the same capture, in the terms of ours.

Where the two differ by design is said in the corpus's README, and here, query by query: a row that
only one of them has must be explained by the condition that leaves it out.
"""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from asyncpg import Connection, Record

Row = tuple[Any, ...]


class Compared(NamedTuple):
    """The columns of a reference table, and the query over ours that must give the same rows."""

    columns: str
    query: str


EDGE = "uri cid creator subjectDid createdAt"
LIKED = "uri cid creator subject subjectCid createdAt via viaCid"
COMPARED: dict[str, Compared] = {
    "post": Compared(
        "uri cid creator text replyRoot replyRootCid replyParent replyParentCid createdAt sortAt"
        " langs tags",
        "SELECT uri, cid, author_did, text, root_uri, root_cid, parent_uri, parent_cid, created_at,"
        " sort_at, langs, nullif(tags, '[]') FROM posts",
    ),
    "like": Compared(
        LIKED,
        "SELECT uri, cid, user_did, post_uri, subject_cid, created_at, via ->> 'uri', via ->> 'cid'"
        " FROM likes",
    ),
    "repost": Compared(
        LIKED,
        "SELECT uri, cid, user_did, post_uri, subject_cid, created_at, via ->> 'uri', via ->> 'cid'"
        " FROM reposts",
    ),
    "follow": Compared(
        EDGE, "SELECT uri, cid, follower_did, following_did, created_at FROM follows"
    ),
    "actor_block": Compared(
        EDGE, "SELECT uri, cid, blocker_did, blocked_did, created_at FROM blocks"
    ),
    "list_block": Compared(
        "uri cid creator subjectUri createdAt",
        "SELECT uri, cid, blocker_did, list_uri, created_at FROM list_blocks",
    ),
    "list": Compared(
        "uri cid creator name purpose description avatarCid createdAt",
        "SELECT uri, cid, creator_did, name, purpose, description, avatar_url, created_at"
        " FROM lists",
    ),
    "list_item": Compared(
        "uri cid creator subjectDid listUri createdAt",
        "SELECT uri, cid, split_part(uri, '/', 3), subject_did, list_uri, created_at"
        " FROM list_items",
    ),
    "feed_generator": Compared(
        "uri cid creator feedDid displayName description avatarCid createdAt",
        "SELECT uri, cid, creator_did, did, display_name, description, avatar_url, created_at"
        " FROM feed_generators",
    ),
    "labeler": Compared(
        "uri cid creator createdAt",
        "SELECT uri, cid, creator_did, created_at FROM labeler_services",
    ),
    "thread_gate": Compared(
        "uri cid creator postUri createdAt",
        "SELECT uri, cid, owner_did, post_uri, created_at FROM thread_gates",
    ),
    "verification": Compared(
        "uri cid creator subject handle displayName createdAt",
        "SELECT uri, cid, issuer_did, subject_did, handle, display_name, created_at"
        " FROM verifications",
    ),
    "quote": Compared(  # the reference leaves out quotes of posts that do not exist
        "uri cid subject subjectCid createdAt",
        "SELECT post_uri, cid, quoted_uri, quoted_cid, created_at FROM quotes"
        " WHERE quoted_uri IN (SELECT uri FROM posts)",
    ),
    "profile": Compared(
        "creator cid displayName description avatarCid bannerCid joinedViaStarterPackUri"
        " pinnedPost",
        "SELECT did, profile_cid, nullif(display_name, ''), nullif(description, ''), avatar_url,"
        " banner_url,"
        " joined_via_starter_pack, pinned_post ->> 'uri' FROM users"
        " WHERE profile_record IS NOT NULL",
    ),
    "feed_item": Compared(
        "uri cid type postUri originatorDid sortAt",
        "SELECT uri, cid, type, post_uri, originator_did, sort_at FROM feed_items",
    ),
    "duplicate_record": Compared("uri cid", "SELECT uri, row ->> 'cid' FROM duplicates"),
    "post_agg": Compared(
        "uri likeCount replyCount repostCount quoteCount bookmarkCount",
        "SELECT post_uri, like_count, reply_count, repost_count, quote_count, bookmark_count"
        " FROM post_aggregations"
        " WHERE like_count + repost_count + reply_count + quote_count + bookmark_count > 0",
    ),
    "profile_agg": Compared(
        "did followersCount followsCount postsCount",
        "SELECT did, followers_count, follows_count, posts_count FROM user_aggregations",
    ),
    "notification": Compared(
        "did recordUri recordCid author reason reasonSubject sortAt",
        "SELECT recipient_did, split_part(uri, '#', 1), cid, author_did, reason, reason_subject,"
        " created_at FROM notifications",
    ),
}


HIDDEN = """
WITH RECURSIVE above (uri, root, at, hidden) AS (
    SELECT p.uri, p.root_uri, p.parent_uri, g.hidden_replies ? p.uri
    FROM posts p JOIN thread_gates g ON g.post_uri = p.root_uri
    UNION
    SELECT a.uri, a.root, p.parent_uri, a.hidden OR g.hidden_replies ? a.at
    FROM above a JOIN posts p ON p.uri = a.at JOIN thread_gates g ON g.post_uri = a.root
)
SELECT 'reply', uri, at FROM above WHERE hidden AND at IS NOT NULL
"""  # replies, and whom they tell nothing, for one between them and that post is hidden
SUBJECTS = ("posts", "reposts", "feed_generators", "labeler_services", "starter_packs")


def theirs(reference: Path, table: str) -> set[Row]:
    columns = COMPARED[table].columns.split()
    with (reference / f"{table}.csv").open(newline="") as file:
        rows = [[_read(column, row[column]) for column in columns] for row in csv.DictReader(file)]
    if table.endswith("_agg"):
        rows = [row for row in rows if any(row[1:])]  # a row of zeros and no row are the same
    return {tuple(row) for row in rows}


async def ours(connection: "Connection[Record]", table: str) -> set[Row]:
    columns = COMPARED[table].columns.split()
    found = await connection.fetch(COMPARED[table].query)
    return {tuple(_plain(c, v) for c, v in zip(columns, row, strict=True)) for row in found}


async def unexplained(connection: "Connection[Record]", reference: Path, table: str) -> list[Row]:
    """Rows that only one of the two has, but for those that the rules explain."""
    their, our = theirs(reference, table), await ours(connection, table)
    only_theirs, only_ours = their - our, our - their
    if table == "feed_item":  # it keeps those of duplicates, and leaves out what reposts nothing
        gone = await _uris(connection, "duplicates")
        posts = await _uris(connection, "posts")
        only_theirs = {row for row in only_theirs if row[0] not in gone}
        only_ours = {row for row in only_ours if row[3] in posts}
    if table == "notification":  # it tells of what is not there, and people of themselves
        there = {None, *(await _uris(connection, *SUBJECTS))}
        only_theirs = {row for row in only_theirs if row[5] in there and row[0] != row[3]}
        # It asks which replies are hidden when it tells, and not again when they are hidden later.
        hidden = {tuple(row) for row in await connection.fetch(HIDDEN)}
        only_theirs = {row for row in only_theirs if (row[4], row[1], row[5]) not in hidden}
    return sorted(only_theirs | only_ours, key=repr)


async def _uris(connection: "Connection[Record]", *tables: str) -> set[str]:
    union = " UNION ALL ".join(f"SELECT uri FROM {table}" for table in tables)
    return {uri for (uri,) in await connection.fetch(union)}


def _read(column: str, text: str) -> Any:
    if column.endswith("Count"):
        return int(text)
    if not text:
        return None
    if column.endswith("At"):
        return datetime.fromisoformat(text)
    return tuple(json.loads(text)) if column in ("langs", "tags") else text


def _plain(column: str, value: Any) -> Any:
    if column in ("langs", "tags") and value is not None:
        return tuple(json.loads(value))
    return value.astimezone(UTC) if isinstance(value, datetime) else value
