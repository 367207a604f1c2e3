"""The relay and the directory, as far as one look goes."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import formatdate
from pathlib import Path

import pytest
from aiohttp import web

from indexer import config
from indexer.address import read_address
from indexer.doctor import Finding, directory, relay
from tests.parent import relay as relays
from tests.parent.frames import error, identity, info


async def asked(url: str, cursor: int | None = None) -> Finding:
    shown = config.load({"RELAY_URL": url})
    return await relay.look(shown, read_address(url), cursor)


async def test_a_relay_that_sends_is_well() -> None:
    async with relays.relay(relays.sends(identity(5))) as server:
        found = await asked(server.url, 4)
    assert found.level == "well" and "#identity 5" in found.found and "cursor 4" in found.found


async def test_a_relay_without_what_follows_our_cursor_leaves_a_hole() -> None:
    async with relays.relay(relays.sends(info("OutdatedCursor"), identity(50))) as server:
        found = await asked(server.url, 4)
    assert found.level == "better" and "backfill" in found.advice and "4" in found.found


async def test_a_relay_that_does_not_know_us_is_wrong() -> None:
    async with relays.relay(relays.sends(error("FutureCursor"), then_stays=False)) as server:
        found = await asked(server.url, 900)
    assert found.level == "wrong" and "900" in found.found


async def test_what_it_says_besides_is_shown() -> None:
    async with relays.relay(relays.sends(error("ConsumerTooSlow"), then_stays=False)) as server:
        found = await asked(server.url)
    assert found.level == "better" and "ConsumerTooSlow" in found.found


async def test_a_silent_relay_could_be_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "PATIENCE_S", 0.5)
    async with relays.relay(relays.sends()) as server:
        assert (await asked(server.url)).level == "better"


async def test_what_is_no_relay_is_wrong() -> None:
    async with relays.relay(relays.sends(b"\xff\xff")) as server:
        assert "no frame" in (await asked(server.url)).found
    async with relays.relay(relays.sends(then_stays=False)) as server:
        assert "hangs up" in (await asked(server.url)).found
    assert (await asked("ws://127.0.0.1:1")).level == "wrong"


async def test_a_file_is_looked_for(tmp_path: Path) -> None:
    assert (await asked(f"file:{tmp_path / 'x'}")).level == "wrong"
    (tmp_path / "x").write_bytes(b"1")
    assert (await asked(f"file:{tmp_path / 'x'}")).level == "well"


@asynccontextmanager
async def answering(status: int, ahead_s: float = 0) -> AsyncIterator[str]:
    """A directory whose clock is ahead of ours."""

    async def answer(_: web.Request) -> web.Response:
        date = formatdate(time.time() + ahead_s, usegmt=True)
        return web.Response(status=status, headers={"Date": date})

    app = web.Application()
    app.router.add_get("/{did}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("ahead_s", "level"), [(0, "well"), (20, "better"), (-20, "better"), (3000, "wrong")]
)
async def test_the_directorys_clock_is_held_against_ours(ahead_s: float, level: str) -> None:
    async with answering(404, ahead_s) as url:
        there, clock = await directory.look(url)
    assert there.level == "well" and clock.level == level
    assert ("ahead" in clock.found) == (ahead_s < 0)


async def test_a_directory_that_refuses_or_is_not_there_is_told() -> None:
    async with answering(503) as url:
        (found,) = await directory.look(url)
    assert found.level == "better" and "503" in found.found
    (found,) = await directory.look("http://127.0.0.1:1")
    assert found.level == "wrong" and "PLC_URL" in found.advice
