"""The page in a real browser: what it draws, and what it makes of hostile bytes."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import cbor2
import pytest

from indexer import web
from indexer.page import make_page
from tests import browser
from tests.onlooking import Indexer

HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>alert(1)</script>\u202e"
INSERT = """
    INSERT INTO quarantine (source, seq, did, uri, reason, detail, frame, record, rev)
    VALUES ('s', $1, $2, $3, $4, $5, $6, $7, $8)
"""
CID = bytes.fromhex("000171122066b98dd6e2edd1b35f49b20f9d3c1f1b9fb94b4d31d5a0b2ef1f4c3b2ed1a9bc")
RECORD = {
    "text": HOSTILE,
    "langs": ["en", {}],
    "n": -7,
    "big": 2**53,
    "cid": cbor2.CBORTag(42, CID),
}


@pytest.fixture(scope="module")
def tools() -> Iterator[int]:
    program = browser.find()
    if program is None:
        pytest.skip("no browser is installed: chromium, or what BROWSER_BIN names")
    with browser.running(program) as port:
        yield port


@asynccontextmanager
async def shown(
    indexer: Indexer, database_url: str, tools: int
) -> AsyncIterator[tuple[browser.Tab, str]]:
    """The page of that indexer, drawn once."""
    more = make_page("127.0.0.1", database_url, indexer.live)
    async with web.serving("127.0.0.1", 0, list, more=more) as port, browser.tab(tools) as tab:
        url = f"http://127.0.0.1:{port}/"
        await tab.go(url)
        await tab.until("document.querySelectorAll('.shard').length === 3")
        yield tab, url


async def text(tab: browser.Tab, selector: str) -> str:
    return str(await tab.evaluate(f"document.querySelector({selector!r}).innerText"))


async def test_it_shows_what_goes_on_and_keeps_showing_it(database_url: str, tools: int) -> None:
    indexer = Indexer(database_url)
    indexer.happens(behind_s=600, gains=9)
    indexer.counts(pending={"user": 1234, "post": 5}, repos={"partial": 4})
    async with shown(indexer, database_url, tools) as (tab, url):
        assert await text(tab, "#state") == "well"
        assert "caught up in 67 s (10" in await text(tab, "#tiles")
        assert "1,234" in await text(tab, "#pending")
        assert "nothing was refused" in await text(tab, "#refused")
        assert "5.0 GB, +720 GB a day" in await text(tab, "#size")
        drawn = await tab.evaluate("document.querySelector('#rates path').getAttribute('d')")
        assert len(re.findall("[ML]", str(drawn))) == 60
        indexer.meter.trouble = "PostgreSQL does not say"
        await tab.until("document.querySelector('#state').innerText === 'not well'")
        assert await text(tab, "#reasons") == "PostgreSQL does not say"
        assert {address.startswith(url) for address in tab.asked} == {True}
        assert tab.complaints == []


async def test_it_fits_a_phone_and_the_dark(database_url: str, tools: int) -> None:
    indexer = Indexer(database_url)
    indexer.happens()
    indexer.counts(quarantine={"a_reason_that_is_long_enough_to_be_in_the_way": 123_456_789})
    async with shown(indexer, database_url, tools) as (tab, _):
        await tab.resize(360, 740, phone=True)
        assert await tab.evaluate("document.documentElement.scrollWidth") == 360
        ground = "getComputedStyle(document.body).backgroundColor"
        light = await tab.evaluate(ground)
        await tab.darken()
        dark = await tab.evaluate(ground)
        assert (light, dark) == ("rgb(244, 245, 247)", "rgb(15, 18, 22)")


async def test_what_strangers_sent_is_only_ever_text(
    database_url: str, connection: asyncpg.Connection, tools: int
) -> None:
    frame = cbor2.dumps({"op": 1, "t": "#commit"}) + cbor2.dumps(RECORD) + b"\xff\x00"
    await connection.execute(
        INSERT, 1, HOSTILE, HOSTILE, "bad_record", HOSTILE, frame, cbor2.dumps(RECORD), HOSTILE
    )
    await connection.execute(INSERT, 2, "did:web:b", None, "too_big", "5 MB", None, None, None)
    indexer = Indexer(database_url)
    indexer.counts(quarantine={"bad_record": 1, "too_big": 1, HOSTILE: 1}, pending={HOSTILE: 3})
    async with shown(indexer, database_url, tools) as (tab, _):
        await tab.until("document.querySelectorAll('.entry').length === 2")
        await tab.evaluate("document.querySelectorAll('#refused button')[0].click()")
        await tab.until("document.querySelectorAll('.entry').length === 1")
        await tab.evaluate("document.querySelector('.entry button').click()")
        await tab.until("document.querySelectorAll('.decoded').length === 2")
        decoded = await text(tab, ".decoded")
        assert '"text": "<img src=x' in decoded and "\\u202e" in decoded
        assert '"n": -7' in decoded and '"big": 9007199254740992' in decoded
        assert '"cid": cid bafy' in decoded
        whole = await tab.evaluate("document.querySelectorAll('.decoded')[1].innerText")
        assert '"t": "#commit"' in str(whole) and "cannot be read at byte" in str(whole)
        assert await text(tab, ".hex")
        assert "<img src=x" in await text(tab, ".entry")
        assert await tab.evaluate("document.querySelectorAll('img, section script').length") == 0
        assert "broken" not in str(await tab.evaluate("document.title"))
        assert tab.complaints == []


async def test_it_says_when_nobody_answers(database_url: str, tools: int) -> None:
    indexer = Indexer(database_url)
    async with shown(indexer, database_url, tools) as (tab, url):
        await tab.call("Network.setBlockedURLs", urls=[f"{url}live"])
        await tab.until("document.querySelector('#state').innerText === 'no answer'")
        assert await tab.evaluate("document.body.classList.contains('stale')")
        await tab.call("Network.setBlockedURLs", urls=[])
        await tab.until("document.querySelector('#state').innerText === 'well'")
