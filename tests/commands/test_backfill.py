"""`indexer backfill`, as somebody at a terminal meets it, beside a coordinator that works."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from indexer.commands import app
from indexer.coordinator.repos.backfill import Backfill
from indexer.shard.writer import Writer
from tests.coordinator.fetched import Author, Place, living_place
from tests.coordinator.strangers import answer

LIST = "127.0.0.1/xrpc/com.atproto.sync.listRepos?limit=1000"
ABSENT = "did:plc:" + "z" * 24


@pytest.fixture
async def place(writer: Writer, database_url: str) -> AsyncIterator[Place]:
    async with living_place(writer, database_url) as place:
        yield place


async def backfill(place: Place, *arguments: str, **environment: str) -> Result:
    environ = {
        "DATABASE_URL": place.config.database.url,
        "RELAY_URL": f"ws://127.0.0.1:{place.port}",
        "ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{place.port}",
    }
    words = ["backfill", *arguments]
    return await asyncio.to_thread(CliRunner().invoke, app, words, env=environ | environment)


def authors(place: Place, letters: str) -> list[Author]:
    found = [place.author(letter) for letter in letters]
    for author in found:
        author.post("one")
        author.post("two")
        place.serve(author)
    return found


def entry(place: Place, author: Author, **more: Any) -> dict[str, Any]:
    head = place.encoder.repositories.take(author.did).head
    assert head is not None
    return {"did": author.did, "head": "x", "rev": head.rev, "active": True} | more


def page(entries: list[dict[str, Any]], **more: str) -> bytes:
    return answer(body=orjson.dumps({"repos": entries, **more}))


async def whole(place: Place) -> int:
    count: int = await place.value("SELECT count(*) FROM repos WHERE state = 'synchronized'")
    return count


async def test_dids_that_were_named_are_fetched(place: Place) -> None:
    a, b = authors(place, "ab")
    await place.relay(a.post("three"))
    place.serve(a)
    assert await place.state(a) == "partial"
    place.publish(b)
    async with place.resyncing():
        said = await backfill(place, a.did, b.did, ABSENT)
    assert said.exit_code == 0, said.output
    assert "no indexer of this source runs here" in said.output
    assert f"{ABSENT} could not be had" in said.output
    assert "3 repos listed, 2 of them done, 1 not" in said.output
    assert await place.posts(a) == ["one", "two", "three"]
    assert await place.posts(b) == ["one", "two"]


async def test_who_stops_goes_on_where_the_list_was_left(place: Place) -> None:
    first, second = authors(place, "abc"), authors(place, "de")
    web = place.web
    web.pages[LIST] = page([entry(place, author) for author in first], cursor="c 1")
    web.pages[f"{LIST}&cursor=c%201"] = answer(404)
    host = f"http://127.0.0.1:{place.port}"
    said = await backfill(place, "--host", host)
    assert said.exit_code == 1
    assert "the same command goes on from there" in said.output
    assert await place.value("SELECT count(*) FROM resyncs WHERE backfill = $1", host) == 3
    async with place.resyncing():
        await place.settled()  # with nobody watching
        web.pages[f"{LIST}&cursor=c%201"] = page([entry(place, author) for author in second])
        said = await backfill(place, "--host", host)
        assert "5 repos listed, 5 of them done, 0 not" in said.output
        assert web.heard.count(LIST) == 1
        assert await whole(place) == 5
        assert await place.value("SELECT count(*) FROM backfills") == 0
        asked = [place.asked(author) for author in first]
        said = await backfill(place, "--host", host)
        assert "5 repos listed, 5 of them done" in said.output
    assert asked == [place.asked(author) for author in first] == [1, 1, 1]


async def test_all_that_the_relay_has_but_who_left_or_wants_none_of_it(place: Place) -> None:
    a, b, c = authors(place, "abc")
    await place.value("INSERT INTO user_settings VALUES ($1, true)", b.did)
    entries = [entry(place, a), entry(place, b), entry(place, c, active=False)]
    place.web.pages[LIST] = page([*entries, {"did": "no DID"}, 7])  # type: ignore[list-item]
    async with place.resyncing():
        said = await backfill(place, "--all")
    assert said.exit_code == 0, said.output
    assert (place.asked(a), place.asked(b), place.asked(c)) == (1, 0, 0)
    assert await whole(place) == 1


async def test_it_is_queued_only_so_far_ahead(place: Place, tmp_path: Any) -> None:
    found = authors(place, "abcd")
    pages = [page([entry(place, author)], cursor=f"{n}") for n, author in enumerate(found)]
    place.web.pages[LIST] = pages[0]
    for n, body in enumerate(pages[1:]):
        place.web.pages[f"{LIST}&cursor={n}"] = body
    place.web.pages[f"{LIST}&cursor=3"] = page([])
    (tmp_path / "own.toml").write_text("[repos]\nqueued = 2\n")
    working = asyncio.create_task(
        backfill(place, "--all", INDEXER_CONFIG=str(tmp_path / "own.toml"))
    )
    await place.until("SELECT count(*) = 2 FROM resyncs")
    async with place.resyncing():
        said = await working
    assert "4 repos listed, 4 of them done" in said.output
    assert await whole(place) == 4


async def test_what_is_taken_back_is_not_fetched(place: Place) -> None:
    found = authors(place, "ab")
    place.web.pages[LIST] = page([entry(place, author) for author in found], cursor="1")
    place.web.pages[f"{LIST}&cursor=1"] = answer(404)
    assert (await backfill(place, "--all")).exit_code == 1
    await place.value("UPDATE resyncs SET reason = 'gap' WHERE did = $1", found[0].did)
    said = await backfill(place, "--all", "--cancel")
    assert "1 are not fetched" in said.output
    assert await place.value("SELECT array_agg(did) FROM resyncs") == [found[0].did]
    assert await place.value("SELECT count(*) FROM backfills") == 0


async def test_old_records_are_told_of_only_where_that_was_asked_for(place: Place) -> None:
    (a,) = authors(place, "a")
    queued = Backfill(place.writer.pool, "named", True)
    await queued.name([a.did])
    await Backfill(place.writer.pool, "named", False).name([a.did])
    assert await place.value("SELECT tell FROM resyncs"), "what was asked for stays so"
    assert queued.waiting == {a.did}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "say which"),
        ((ABSENT, "--all"), "say which"),
        (("alice.test",), "is no DID"),
        (("--host", "https://pds.test/path"), "is no host"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    place: Place, arguments: tuple[str, ...], why: str
) -> None:
    said = await backfill(place, *arguments)
    assert said.exit_code == 1 and why in said.output
    said = await backfill(place, ABSENT, SKIP_PDS_FETCHING="true")
    assert said.exit_code == 1 and "no repo is fetched" in said.output
