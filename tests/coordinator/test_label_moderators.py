"""What moderators do over HTTP, and what nobody else does."""

from io import BytesIO

import aiohttp
import pytest

from tests.coordinator.labelers import SETTINGS, ours
from tests.labels.conftest import ALICE, OURS, POST, log
from tests.labels.conftest import pool as pool

SPAM = {"uri": POST, "val": "spam"}
TOKEN = {"Authorization": f"Bearer {SETTINGS.token}"}


async def call(endpoint, method, path, body=None, headers=TOKEN, **how):
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            method, f"{endpoint}/labels/{path}", json=body, headers=headers, **how
        ) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer s3cre"},
        {"Authorization": "Bearer s3cretx"},
        {"Authorization": "Basic s3cret"},
        {"Authorization": "s3cret"},
        {"Authorization": "Bearer é"},
    ],
)
async def test_without_the_token_nothing_is_done(pool, database_url, headers):
    async with ours(pool, database_url) as endpoint:
        for method, path in (("POST", "apply"), ("GET", "query"), ("PUT", "definitions")):
            status, body = await call(endpoint, method, path, {"labels": [SPAM]}, headers)
            assert (status, body["error"]) == (401, "AuthenticationRequired")
    assert await log(pool) == []


async def test_where_no_token_is_set_nobody_is_served_not_even_without_one(pool, database_url):
    async with ours(pool, database_url, token="") as endpoint:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
            status, _ = await call(endpoint, "POST", "apply", {"labels": [SPAM]}, headers)
            assert status == 404
    assert await log(pool) == []


async def test_labels_are_said_taken_back_and_removed_many_at_once(pool, database_url):
    many = {"labels": [SPAM, {"uri": ALICE, "val": "rude", "exp": "2099-01-01T00:00:00Z"}]}
    async with ours(pool, database_url) as endpoint:
        status, body = await call(endpoint, "POST", "apply", many)
        assert status == 200
        assert [(one["val"], one["changed"], one["src"]) for one in body["labels"]] == [
            ("spam", True, OURS),
            ("rude", True, OURS),
        ]
        assert body["labels"][0]["sig"]["$bytes"]
        _, body = await call(endpoint, "POST", "apply", many)
        assert [one["changed"] for one in body["labels"]] == [False, False]
        _, body = await call(endpoint, "POST", "negate", {"labels": [SPAM]})
        assert [one["neg"] for one in body["labels"]] == [True]
        _, body = await call(endpoint, "POST", "remove", many)
        assert body == {"removed": 2}


async def test_labels_and_definitions_are_looked_up(pool, database_url):
    async with ours(pool, database_url) as endpoint:
        await call(endpoint, "POST", "apply", {"labels": [SPAM]})
        await call(endpoint, "POST", "negate", {"labels": [SPAM]})
        _, body = await call(endpoint, "GET", f"query?subjects={POST}&sources={OURS}&values=spam")
        assert [label["neg"] for label in body["labels"]] == [True]
        _, body = await call(endpoint, "GET", f"active?subjects={POST}&subjects={ALICE}")
        assert body == {"subjects": {POST: [], ALICE: []}}
        spam = {"value": "spam", "description": "junk", "severity": "alert"}
        assert (await call(endpoint, "POST", "definitions", spam))[0] == 201
        await call(endpoint, "PUT", "definitions", {"value": "spam", "severity": "info"})
        _, body = await call(endpoint, "GET", "definitions?values=spam")
        (found,) = body["definitions"]
        assert (found["description"], found["severity"]) == ("junk", "info")


@pytest.mark.parametrize(
    ("path", "body", "why"),
    [
        ("apply", [], "an object"),
        ("apply", {"labels": [1]}, "uri and val"),
        ("apply", {"labels": [SPAM | {"val": "A b"}]}, "val"),
        ("apply", {"labels": [SPAM | {"exp": "soon"}]}, "exp"),
        ("apply", {"labels": [SPAM] * 1001}, "1001 labels"),
        ("definitions", {"description": "x"}, "value"),
        ("definitions", {"value": "spam", "description": 1}, "description"),
        ("definitions", {"value": "spam", "severity": "x"}, "severity"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(pool, database_url, path, body, why):
    async with ours(pool, database_url) as endpoint:
        status, said = await call(endpoint, "POST", path, body)
    assert (status, said["error"]) == (400, "InvalidRequest")
    assert why in said["message"]


async def test_a_body_that_is_too_large_or_no_json_is_refused(pool, database_url):
    async with ours(pool, database_url) as endpoint, aiohttp.ClientSession() as session:
        for data, status in ((b"a" * 1_100_000, 413), (b"{", 400)):
            url = f"{endpoint}/labels/apply"
            async with session.post(url, data=BytesIO(data), headers=TOKEN) as answer:
                assert answer.status == status
                assert "message" in await answer.json()


async def test_who_says_no_labels_is_told_so(pool, database_url):
    async with ours(pool, database_url, author=None) as endpoint:
        status, body = await call(endpoint, "POST", "apply", {"labels": [SPAM]})
    assert status == 400 and "did is not set" in body["message"]
