"""One connection to a relay: what is asked for, what comes, and how each kind of end is told."""

import asyncio
import socket
from contextlib import aclosing

import msgspec
import pytest
from websockets.asyncio.server import serve

from indexer import config
from indexer.address import PATH, read_address
from indexer.parent.firehose import Firehose, with_cursor
from indexer.parent.source import Interrupted
from tests.parent.frames import commit
from tests.parent.relay import drop, in_turn, relay, sends, stay

RELAY = config.load({}).relay


def firehose(url: str, **changes: float) -> Firehose:
    address = read_address(url)
    assert address.url is not None
    return Firehose(address.service, address.url, msgspec.structs.replace(RELAY, **changes))


async def read(source: Firehose, after: int | None = None, count: int = 10**9) -> list[bytes]:
    found: list[bytes] = []
    async with aclosing(source.frames(after)) as frames:
        async for arrival in frames:
            assert arrival.received_us > 1_700_000_000_000_000
            found.extend(arrival.frames)
            if len(found) == count:
                break
    return found


async def cause_of(source: Firehose) -> str:
    with pytest.raises(Interrupted) as interrupted:
        await read(source)
    return f"{interrupted.value.cause}: {interrupted.value}"


@pytest.mark.parametrize(("after", "asked"), [(None, None), (0, 0), (31_530_000_000, 31530000000)])
async def test_the_cursor_is_asked_for_as_it_is(after: int | None, asked: int | None) -> None:
    async with relay(sends(b"one", b"two")) as server:
        assert await read(firehose(server.url), after, 2) == [b"one", b"two"]
        assert server.asked == [asked]
        assert server.paths == [PATH]


async def test_a_frame_of_five_megabytes_comes_whole() -> None:
    large = commit(1, 5_000_000 - 200)
    async with relay(sends(large)) as server:
        assert await read(firehose(server.url), None, 1) == [large]


async def test_a_clean_close_ends_it_and_a_broken_connection_is_told() -> None:
    async with relay(in_turn(sends(b"one", then_stays=False), sends(b"one"))) as server:
        assert await read(firehose(server.url)) == [b"one"]
    async with relay(lambda connection, _: drop(connection)) as server:
        assert (await cause_of(firehose(server.url))).startswith("closed: the connection to 127")


async def test_silence_is_not_waited_out() -> None:
    async with relay(lambda connection, _: stay(connection)) as server:
        told = await cause_of(firehose(server.url, idle_timeout_s=0.2))
    assert told == f"idle: nothing came from 127.0.0.1:{server.port} in 0.2 s"


async def test_our_own_not_reading_is_not_taken_for_silence() -> None:
    async with (
        relay(sends(b"one", b"two")) as server,
        aclosing(firehose(server.url, idle_timeout_s=0.3).frames(None)) as frames,
    ):
        await anext(frames)
        await asyncio.sleep(0.6)
        assert (await anext(frames)).frames == (b"two",)


async def test_text_comes_as_bytes_that_nobody_can_take_for_a_frame() -> None:
    async with relay(sends("text")) as server:
        assert await read(firehose(server.url), None, 1) == [b"text"]


async def test_nobody_there_is_told_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    told = await cause_of(firehose(f"ws://127.0.0.1:{port}"))
    assert told.startswith(f"unreachable: cannot reach 127.0.0.1:{port}: ")
    assert "\n" not in told


async def test_a_name_that_is_none_is_no_network_or_no_host() -> None:
    told = await cause_of(firehose("ws://relay.invalid"))
    assert told.startswith("unreachable: cannot look up relay.invalid: no network, or no such host")


async def test_another_answer_than_a_websocket_is_told() -> None:
    async with serve(
        lambda connection: stay(connection),
        "127.0.0.1",
        0,
        process_request=lambda connection, _: connection.respond(503, "not now"),
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        told = await cause_of(firehose(f"ws://127.0.0.1:{port}"))
    assert told == f"refused: 127.0.0.1:{port} answers HTTP 503"


def test_the_cursor_joins_what_the_url_asks_already() -> None:
    assert with_cursor("wss://h/p", None) == "wss://h/p"
    assert with_cursor("wss://h/p?a=1", 7) == "wss://h/p?a=1&cursor=7"
