"""What is recorded is what was sent, once, whatever happens to the connection."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from libipld import encode_dag_cbor
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as websocket_server

from indexer.protocol.dump import Entry
from load.capture import write_capture
from load.generate import generate
from load.pace import Pace
from load.record import frames_of
from load.replay import serve


@pytest.fixture
def entries() -> list[Entry]:
    return list(generate(commits=300))


@pytest.fixture
def capture(entries: list[Entry], tmp_path: Path) -> Path:
    return write_capture(tmp_path / "world.cborseq.zst", entries)


async def taken(frames: AsyncIterator[Entry], wanted: int) -> list[Entry]:
    found = []
    async for entry in frames:
        found.append(entry)
        if len(found) == wanted:
            return found
    return found


async def test_everything_sent_is_recorded(capture: Path, entries: list[Entry]) -> None:
    async with serve(capture) as relay:
        found = await taken(frames_of(relay.url, 0), len(entries))
    assert [frame for _, frame in found] == [frame for _, frame in entries]
    times = [received_at_us for received_at_us, _ in found]
    assert times == sorted(times)
    assert times[0] > entries[0][0]


async def test_a_lost_connection_is_taken_up_where_it_broke_off(
    capture: Path, entries: list[Entry]
) -> None:
    said: list[str] = []
    numbers = count(1)
    async with serve(capture, pace=Pace(rate=2000)) as relay:
        found = []
        async for _, frame in frames_of(relay.url, 0, said.append):
            found.append(frame)
            if next(numbers) == 100:
                relay.disconnect()
            if len(found) == len(entries):
                break
    assert found == [frame for _, frame in entries]
    assert len(said) == 1


async def test_what_comes_again_is_not_recorded_again(entries: list[Entry]) -> None:
    """By the specification a cursor may be sent again."""
    sent = [frame for _, frame in entries[:10]]
    said: list[str] = []

    async def repeat(connection: ServerConnection) -> None:
        for frame in sent:
            await connection.send(frame)

    async with websocket_server(repeat, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        frames = frames_of(f"ws://127.0.0.1:{port}", 3, said.append)
        assert [frame for _, frame in await taken(frames, 7)] == sent[3:]


async def test_an_error_of_the_relay_is_said_and_not_recorded() -> None:
    said: list[str] = []
    heard = asyncio.Event()

    async def refuse(connection: ServerConnection) -> None:
        body = {"error": "ConsumerTooSlow", "message": "hurry"}
        await connection.send(encode_dag_cbor({"op": -1}) + encode_dag_cbor(body))

    def say(text: str) -> None:
        said.append(text)
        heard.set()

    async with websocket_server(refuse, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        task = asyncio.create_task(taken(frames_of(f"ws://127.0.0.1:{port}", None, say), 1))
        await heard.wait()
        task.cancel()
    assert said[0].endswith("ConsumerTooSlow: hurry")


async def test_only_relays_can_be_recorded() -> None:
    for address in ("file:capture.zst", "ftp://relay.example"):
        with pytest.raises(ValueError, match=r"relay|RELAY_URL"):
            await taken(frames_of(address), 1)
