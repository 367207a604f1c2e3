"""150 frames of the public relay, from the socket to rows, against what others decoded them to."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from indexer import database
from tests.system.program import index

LAST = 31527015471
Json = dict[str, Any]
Checked = dict[str, Callable[[Json], Any]]


def at(*path: str) -> Callable[[Json], Any]:
    def value(record: Json) -> Any:
        found: Any = record
        for name in path:
            found = found.get(name) if found else None
        return found

    return value


def written(record: Json) -> datetime:
    return datetime.fromisoformat(record["createdAt"])


SUBJECT: Checked = {
    "post_uri": at("subject", "uri"),
    "subject_cid": at("subject", "cid"),
    "via": at("via"),
    "created_at": written,
}
# Of each collection: the table, and how its columns follow from the record.
TABLES: dict[str, tuple[str, Checked]] = {
    "app.bsky.feed.like": ("likes", SUBJECT),
    "app.bsky.feed.repost": ("reposts", SUBJECT),
    "app.bsky.feed.post": (
        "posts",
        {
            "text": at("text"),
            "langs": at("langs"),
            "embed": at("embed"),
            "facets": at("facets"),
            "parent_uri": at("reply", "parent", "uri"),
            "root_uri": at("reply", "root", "uri"),
            "created_at": written,
        },
    ),
    "app.bsky.graph.follow": ("follows", {"following_did": at("subject"), "created_at": written}),
    "app.bsky.graph.block": ("blocks", {"blocked_did": at("subject"), "created_at": written}),
}
GENERIC: tuple[str, Checked] = ("generic_records", {"record": at()})


@pytest.mark.timeout(120)
async def test_every_record_of_the_relay_becomes_its_row(
    corpus: Path, database_url: str, tmp_path: Path
) -> None:
    capture = corpus / "relay" / "frames.cborseq.zst"
    await index(tmp_path, database_url, capture, LAST, SHARDS="2")
    lines = (corpus / "relay" / "expected_v1.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    connection = await database.connect(database_url, "test")
    try:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
        )
        wrong = [found for event in events if (found := await mistake(connection, event))]
        assert wrong == []
        assert await rows(connection) == sum(writes(event) for event in events)
        assert await connection.fetchval("SELECT count(*) FROM quarantine") == 0
    finally:
        await connection.close()


def writes(event: Json) -> bool:
    return event["kind"] == "commit" and event["commit"]["operation"] != "delete"


async def rows(connection: asyncpg.Connection) -> int:
    names = {name for name, _ in (*TABLES.values(), GENERIC)}
    return sum([await connection.fetchval(f"SELECT count(*) FROM {name}") for name in names])


async def mistake(connection: asyncpg.Connection, event: Json) -> str | None:
    """What the database says other than the event; None when they agree."""
    if event["kind"] != "commit":
        seen = await connection.fetchval("SELECT count(*) FROM users WHERE did = $1", event["did"])
        status = await connection.fetchval(
            "SELECT account_seq FROM repos WHERE did = $1", event["did"]
        )
        wanted = event["account"]["seq"] if event["kind"] == "account" else status
        return None if seen and status == wanted else f"{event}: users {seen}, account_seq {status}"
    commit = event["commit"]
    table, columns = TABLES.get(commit["collection"], GENERIC)
    uri = f"at://{event['did']}/{commit['collection']}/{commit['rkey']}"
    row = await connection.fetchrow(f"SELECT * FROM {table} WHERE uri = $1", uri)
    if commit["operation"] == "delete":
        return f"{uri} is still there" if row else None
    if row is None:
        return f"{uri} is missing"
    expected = {name: value(commit["record"]) for name, value in columns.items()}
    expected |= {"cid": commit["cid"]}
    different = {name for name, value in expected.items() if row[name] != value}
    return f"{uri}: {different}" if different else None
