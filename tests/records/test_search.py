"""What posts and profiles are found by, and that no text takes long to be taken apart."""

import asyncpg
import pytest

# Over each of these PostgreSQL's parser would go again at every character.
ENDLESS = ["a_", "1_", "<!--", "~/", "/~", "./", "1@a1"]
POST = """
INSERT INTO posts (uri, cid, author_did, text, created_at) VALUES ($1, '', '', $2, now())
"""
USER = "INSERT INTO users (did, display_name, description) VALUES ($1, $2, $2)"


@pytest.mark.parametrize("endless", ENDLESS)
async def test_no_text_takes_long(endless: str, connection: asyncpg.Connection) -> None:
    await connection.execute("SET statement_timeout = '20s'")
    text = (endless * 500_000)[:900_000]
    await connection.execute(POST, "at://a", text)
    await connection.execute(USER, "did:a", text)


@pytest.mark.parametrize("words", ["hello", "bob.test", "snake", "case", "a.test path", "5"])
async def test_a_post_is_found_by_its_words(words: str, connection: asyncpg.Connection) -> None:
    await connection.execute(POST, "at://a", "Hello @bob.test, snake_case: https://a.test/path <5>")
    found = "SELECT uri FROM posts WHERE search_vector @@ plainto_tsquery('simple', $1)"
    assert await connection.fetchval(found, words) == "at://a"
