"""`indexer run` and `indexer top` as somebody at a terminal meets them."""

import os
import signal
from pathlib import Path

import pytest

from indexer import web
from indexer.page import make_page
from load.capture import write_capture
from load.generate import generate
from load.replay import serve
from tests.onlooking import Indexer
from tests.polling import until
from tests.system.program import free_port
from tests.terminal.pseudo import ENTER, terminal


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("capture") / "world.cborseq.zst"
    return write_capture(path, generate(seed=11, commits=300))


def given(database_url: str, relay_port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url,
        "RELAY_URL": f"ws://127.0.0.1:{relay_port}",
        "START_CURSOR": "0",
        "METRICS_PORT": "0",
        "SKIP_PDS_FETCHING": "true",
        "SHARDS": "1",
    }


async def test_an_indexer_in_a_terminal_is_shown_and_ctrl_c_ends_it_cleanly(
    database_url: str, capture: Path
) -> None:
    async with (
        serve(capture, free_port()) as relay,
        terminal("indexer", "run", **given(database_url, relay.port)) as shown,
    ):
        await shown.until_shows("● well", "shard 0", "INFO    parent: receiving")
        assert "process" in shown.written.partition(ENTER)[0]
        shown.resize(60, 16)
        await until(lambda: 0 < len(shown.rows) <= 16 and max(map(len, shown.rows)) < 60)
        shown.type("\x03")
        assert await shown.ended() == 0
        await until(lambda: "parent: ended" in shown.after)
    assert shown.left
    assert "Traceback" not in shown.written


async def test_without_its_display_an_indexer_goes_on_with_plain_lines(
    database_url: str, capture: Path
) -> None:
    async with (
        serve(capture, free_port()) as relay,
        terminal("indexer", "run", **given(database_url, relay.port)) as shown,
    ):
        await shown.until_shows("● well", "shard 0")
        os.kill(shown.display, signal.SIGKILL)
        await until(lambda: "the display has ended" in shown.after)
        assert shown.left
        shown.signal(signal.SIGTERM)
        assert await shown.ended() == 0
        await until(lambda: "parent: ended" in shown.after)


async def test_an_indexer_that_is_killed_leaves_the_terminal_as_it_was(
    database_url: str, capture: Path
) -> None:
    async with (
        serve(capture, free_port()) as relay,
        terminal("indexer", "run", **given(database_url, relay.port)) as shown,
    ):
        await shown.until_shows("● well", "shard 0", "INFO    parent: begin")
        shown.signal(signal.SIGKILL)
        assert await shown.ended() == -signal.SIGKILL
        await until(lambda: shown.left and "parent: begin" in shown.after)


async def test_where_nothing_can_be_drawn_nothing_is() -> None:
    async with terminal("indexer", "top", "127.0.0.1:1", TERM="dumb") as shown:
        assert await shown.ended() == 1
        assert "no terminal to draw on" in shown.written and "\x1b" not in shown.written


async def test_an_indexer_elsewhere_is_watched_also_as_it_comes_and_goes() -> None:
    port, indexer = free_port(), Indexer()
    indexer.happens()
    more = make_page("127.0.0.1", "unset", indexer.live)
    async with terminal("indexer", "top", f"http://127.0.0.1:{port}/") as shown:
        await shown.until_shows("no indexer answers at 127.0.0.1:")
        async with web.serving("127.0.0.1", port, list, more=more):
            await shown.until_shows("● well", "relay.test", "shard 1")
            indexer.meter.trouble = "PostgreSQL does not say"
            await shown.until_shows("● not well", "PostgreSQL does not say")
        await shown.until_shows("● no answer", "relay.test")
        shown.type("\x03")
        assert await shown.ended() == 0
        await until(lambda: shown.left)
        assert "Traceback" not in shown.written
