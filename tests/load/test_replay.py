"""A capture is served as a relay serves: by cursor, to several, no faster than they read."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from indexer.protocol.dump import Entry
from indexer.protocol.peek import notice, peek
from load.capture import read_capture, write_capture
from load.generate import generate
from load.pace import Pace
from load.replay import PATH, Relay, serve
from tests.polling import until


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return list(generate(commits=500))


@pytest.fixture(scope="module")
def capture(entries: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_capture(tmp_path_factory.mktemp("replay") / "world.cborseq.zst", entries)


@asynccontextmanager
async def client(relay: Relay, query: str = "") -> AsyncIterator[ClientConnection]:
    address = relay.url + PATH + query
    async with connect(address, compression=None, max_size=None, close_timeout=0.5) as connection:
        yield connection


async def frames(connection: ClientConnection, count: int | None = None) -> list[bytes]:
    """So many frames, or all of them until the relay hangs up."""
    found: list[bytes] = []
    async for message in connection:
        assert isinstance(message, bytes)
        found.append(message)
        if len(found) == count:
            break
    return found


async def test_everything_comes_in_order_and_then_it_is_quiet(
    capture: Path, entries: list[Entry]
) -> None:
    async with serve(capture) as relay, client(relay, "?cursor=0") as connection:
        assert await frames(connection, len(entries)) == [frame for _, frame in entries]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.recv(), 0.2)
        assert (relay.clients, relay.sent) == (1, len(entries))


async def test_it_hangs_up_at_the_end_when_told_to(capture: Path, entries: list[Entry]) -> None:
    async with serve(capture, close=True) as relay, client(relay) as connection:
        assert len(await frames(connection)) == len(entries)
        assert connection.close_code == 1000
        await until(lambda: relay.clients == 0)


async def test_a_cursor_is_what_has_been_seen(capture: Path, entries: list[Entry]) -> None:
    for cursor in (1, 100, len(entries) - 1, len(entries)):
        async with (
            serve(capture, close=True) as relay,
            client(relay, f"?cursor={cursor}") as connection,
        ):
            want = [frame for _, frame in entries][cursor:]
            assert await frames(connection) == want


async def test_what_has_no_number_stands_behind_the_event_before_it(
    tmp_path: Path, entries: list[Entry]
) -> None:
    broken = [(1, b"no frame"), (1, b"nor this")]
    path = write_capture(tmp_path / "broken.zst", [*entries[:2], *broken, *entries[2:4]])
    for cursor, want in ((2, [*broken, *entries[2:4]]), (3, entries[3:4])):
        async with serve(path, close=True) as relay, client(relay, f"?cursor={cursor}") as found:
            assert await frames(found) == [frame for _, frame in want]


async def test_a_number_that_fell_into_a_gap_is_a_cursor_too(
    tmp_path: Path, entries: list[Entry]
) -> None:
    gap = [entry for entry in entries if not 100 <= (peek(entry[1]).seq or 0) < 200]
    path = write_capture(tmp_path / "gap.zst", gap)
    async with serve(path) as relay, client(relay, "?cursor=150") as connection:
        [first] = await frames(connection, 1)
        assert peek(first).seq == 200


async def test_a_cursor_in_the_future_is_refused_as_such(
    capture: Path, entries: list[Entry]
) -> None:
    async with serve(capture) as relay:
        async with client(relay, f"?cursor={len(entries) + 1}") as connection:
            [error] = await frames(connection)
        assert peek(error).kind == "error"
        assert notice(error)[0] == "FutureCursor"
        assert relay.sent == 0


async def test_other_paths_and_cursors_that_are_no_numbers_are_refused(capture: Path) -> None:
    async with serve(capture) as relay:
        for address, status in (
            (relay.url + "/", 404),
            (relay.url + PATH + "?cursor=live", 400),
            (relay.url + PATH + "?cursor=-1", 400),
        ):
            with pytest.raises(InvalidStatus) as refused:
                await connect(address)
            assert refused.value.response.status_code == status


async def test_several_clients_each_have_their_own_place(
    capture: Path, entries: list[Entry]
) -> None:
    async with serve(capture) as relay, client(relay) as one, client(relay, "?cursor=300") as other:
        both = await asyncio.gather(frames(one, len(entries)), frames(other, len(entries) - 300))
        assert both[0][300:] == both[1]
        assert relay.clients == 2
        assert relay.sent == 2 * len(entries) - 300


async def test_nobody_is_sent_more_than_he_reads(tmp_path: Path) -> None:
    large = [(number, b"%d" % number * 100_000) for number in range(300)]
    path = write_capture(tmp_path / "large.zst", large)
    async with serve(path) as relay, client(relay) as slow:
        before = await steady(relay)
        assert before < 200
        async with client(relay) as quick:
            assert len(await frames(quick, 300)) == 300
        assert relay.sent < 500
        assert await frames(slow, 300) == [frame for _, frame in large]


async def steady(relay: Relay) -> int:
    """How much it has sent when it sends no more."""
    last = -1
    while relay.sent != last:
        last = relay.sent
        await asyncio.sleep(0.3)
    return last


async def test_frames_of_every_length_arrive_whole(tmp_path: Path) -> None:
    sizes = (0, 1, 125, 126, 65_535, 65_536, 4_999_999)
    path = write_capture(tmp_path / "sizes.zst", [(n, b"x" * n) for n in sizes])
    async with serve(path, close=True) as relay, client(relay) as connection:
        assert [len(frame) for frame in await frames(connection)] == list(sizes)


async def test_a_rate_is_kept(capture: Path) -> None:
    async with serve(capture, pace=Pace(rate=200)) as relay, client(relay) as connection:
        await frames(connection, 1)
        started = time.monotonic()
        await frames(connection, 60)
        assert time.monotonic() - started > 0.25


async def test_a_speed_follows_the_times_of_arrival(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "slow.zst", [(n * 1_000_000, b"x") for n in range(1, 4)])
    arrived = []
    async with serve(path, pace=Pace(speed=10)) as relay, client(relay) as connection:
        for _ in range(3):
            await connection.recv()
            arrived.append(time.monotonic())
    assert all(later - earlier > 0.05 for earlier, later in pairwise(arrived))


async def test_it_stops_at_once_in_the_middle_of_a_long_wait(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "long.zst", [(1, b"x"), (10**12, b"y")])
    async with asyncio.timeout(10):
        async with serve(path, pace=Pace(speed=1)) as relay, client(relay) as connection:
            assert await connection.recv() == b"x"


async def test_clients_can_be_dropped_and_come_back(capture: Path, entries: list[Entry]) -> None:
    async with serve(capture, pace=Pace(rate=1000)) as relay:
        async with client(relay) as connection:
            got = await frames(connection, 50)
            relay.disconnect()
            with pytest.raises(ConnectionClosedError):
                await frames(connection)
        cursor = peek(got[-1]).seq
        async with client(relay, f"?cursor={cursor}") as connection:
            got += await frames(connection, 50)
    assert got == [frame for _, frame in entries[:100]]


async def test_a_damaged_capture_ends_the_connection_after_what_was_whole(
    capture: Path, tmp_path: Path, entries: list[Entry]
) -> None:
    cut = tmp_path / "cut.zst"
    cut.write_bytes(capture.read_bytes()[:-30_000])
    async with serve(cut) as relay, client(relay) as connection:
        got: list[bytes] = []
        with pytest.raises(ConnectionClosedError) as closed:
            async for message in connection:
                assert isinstance(message, bytes)
                got.append(message)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011
    assert 0 < len(got) < len(entries)


async def test_the_corpus_can_be_served(corpus: Path) -> None:
    path = corpus / "relay" / "frames.cborseq.zst"
    async with serve(path, close=True) as relay, client(relay) as connection:
        want = [frame for _, frame in read_capture(path)]
        assert await frames(connection) == want
