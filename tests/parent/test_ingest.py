"""What a relay does to us, and that we never lose an event, our place, or our patience."""

import asyncio
import time
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from indexer.parent.dispatch import Dispatch
from indexer.protocol.dump import encode_entry
from tests.parent.frames import GARBAGE, commit, error, frame, identity, info
from tests.parent.parents import finished, running, settings, stored
from tests.parent.relay import drop, in_turn, relay, sends, stay
from tests.polling import until


async def serve_after(connection: ServerConnection, cursor: int | None, last: int = 20) -> None:
    """As a well behaved relay does."""
    for seq in range((cursor or 0) + 1, last + 1):
        await connection.send(identity(seq))
    await stay(connection)


async def test_an_event_goes_to_the_shard_that_owns_its_account(database_url: str) -> None:
    async with relay(serve_after) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(made.seqs) == 20)
        for shard in made.shards:
            owner = Dispatch(2).shard
            assert shard.seqs == [
                s for s in range(1, 21) if owner(f"did:plc:{s:024d}") == shard.index
            ]
            assert shard.seqs


async def test_after_a_clean_close_it_goes_on_behind_the_last_event(database_url: str) -> None:
    async def three(connection: ServerConnection, cursor: int | None) -> None:
        for seq in range((cursor or 0) + 1, (cursor or 0) + 4):
            await connection.send(identity(seq))

    async with relay(three) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(server.asked) >= 4)
        assert server.asked[:4] == [None, 3, 6, 9]
        assert made.seqs[:9] == list(range(1, 10))


async def test_after_a_broken_connection_too(database_url: str) -> None:
    async def two(connection: ServerConnection, cursor: int | None) -> None:
        for seq in range((cursor or 0) + 1, (cursor or 0) + 3):
            await connection.send(identity(seq))
        await until(lambda: made.seqs[-1:] == [seq] or made.task.done())
        await drop(connection)

    async with relay(two) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(made.seqs) >= 6)
        assert server.asked[:3] == [None, 2, 4]


async def test_back_off_grows_until_events_flow(database_url: str) -> None:
    """Connecting alone is no success: a relay that closes at once is not asked ever faster."""

    async def close(_: ServerConnection, __: int | None) -> None:
        return

    patient = {"backoff_first_s": 0.05, "backoff_max_s": 30.0}
    async with (
        relay(close) as server,
        running(settings(database_url, server.url, **patient)) as made,
    ):
        began = time.monotonic()
        await until(lambda: len(server.asked) >= 6)
        assert time.monotonic() - began > 0.7  # half of 0.05, 0.1, 0.2, 0.4 and 0.8
        assert made.parent.source.connects == len(server.asked)
        assert made.parent.reading.reasons() == [
            f"127.0.0.1:{server.port}/xrpc/com.atproto.sync.subscribeRepos closed the connection"
        ]


async def test_an_event_repeated_or_out_of_order_is_passed_over(database_url: str) -> None:
    frames = [identity(seq) for seq in (5, 6, 6, 2, 7, 5, 8)]
    async with relay(sends(*frames)) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(made.seqs) >= 4)
        assert made.seqs == [5, 6, 7, 8]


async def test_unknown_kinds_and_information_are_passed_and_move_the_cursor(
    database_url: str, connection
) -> None:
    unknown_op = b"\xa1bop\x07" + b"\xa0"
    frames = [identity(1), frame("#seqless"), info("Whatever"), unknown_op]
    async with (
        relay(sends(*frames, frame("#novelty", seq=3))) as server,
        running(settings(database_url, server.url)) as made,
    ):
        await until(lambda: made.parent.saved.seq == 3)
        assert made.seqs == [1]
    assert await stored(connection) == 3


async def test_a_future_cursor_is_said_and_never_reset(database_url: str) -> None:
    ahead = sends(error("FutureCursor"), then_stays=False)
    slow = {"start_cursor": 900, "backoff_max_s": 0.3}
    async with relay(ahead) as server, running(settings(database_url, server.url, **slow)) as made:
        await until(lambda: len(server.asked) == 3)
        assert server.asked == [900, 900, 900]
        (reason,) = made.parent.reading.reasons()
        assert reason.startswith("the relay says FutureCursor: sorry (our cursor is 900;")


async def test_a_relay_whose_numbers_begin_anew_is_said_until_it_passes_the_cursor(
    database_url: str,
) -> None:
    async def anew(connection: ServerConnection, _: int | None) -> None:
        for seq in range(1, 151):
            await connection.send(identity(seq))
        await said.wait()
        await connection.send(identity(901))
        await stay(connection)

    said = asyncio.Event()
    async with (
        relay(anew) as server,
        running(settings(database_url, server.url, start_cursor=900)) as made,
    ):
        await until(lambda: made.parent.reading.reasons() != [])
        (reason,) = made.parent.reading.reasons()
        assert reason.startswith("the relay sends 100, below our cursor 900: ")
        assert made.parent.cursor.received.seq == 900
        said.set()
        await until(lambda: made.seqs == [901])
        assert made.parent.reading.reasons() == []


async def test_a_few_events_from_before_the_cursor_are_no_trouble(database_url: str) -> None:
    few = sends(*(identity(seq) for seq in range(1, 50)))
    async with (
        relay(few) as server,
        running(settings(database_url, server.url, start_cursor=900)) as made,
    ):
        await until(lambda: made.parent.reading.received_frames == 49)
        assert made.parent.reading.reasons() == []


async def test_what_a_relay_says_at_length_is_cut(database_url: str) -> None:
    long = sends(error("E" * 5000, "m" * 5000), then_stays=False)
    async with relay(long) as server, running(settings(database_url, server.url)) as made:
        await until(lambda: len(server.asked) == 2)
        (reason,) = made.parent.reading.reasons()
        assert reason == f"the relay says {'E' * 200}: {'m' * 200}"


async def test_an_error_in_a_capture_does_not_end_it(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "capture.cborseq"
    frames = [identity(1), error("ConsumerTooSlow"), identity(2)]
    path.write_bytes(b"".join(encode_entry(1, data) for data in frames))
    made = await finished(database_url, path)
    assert made.seqs == [1, 2]
    assert made.parent.source.connects == 1


async def test_who_is_too_slow_comes_back_at_its_place(database_url: str) -> None:
    slow = sends(identity(1), identity(2), error("ConsumerTooSlow"), then_stays=False)
    async with (
        relay(in_turn(slow, serve_after)) as server,
        running(settings(database_url, server.url)) as made,
    ):
        await until(lambda: len(made.seqs) == 20)
        assert server.asked == [None, 2]
        assert made.parent.reading.reasons() == []


async def test_an_outdated_cursor_is_a_gap_noted_once(database_url: str, connection) -> None:
    outdated = sends(info("OutdatedCursor"), identity(50), then_stays=False)
    async with (
        relay(in_turn(sends(identity(1), then_stays=False), outdated)) as server,
        running(settings(database_url, server.url)) as made,
    ):
        await until(lambda: len(server.asked) >= 4)
        assert made.seqs == [1, 50]
    rows = await connection.fetch("SELECT source, after_seq, until_seq, reason FROM gaps")
    service = f"127.0.0.1:{server.port}/xrpc/com.atproto.sync.subscribeRepos"
    assert [tuple(row) for row in rows] == [(service, 1, 50, "outdated_cursor")]


@pytest.mark.parametrize(("minute", "gaps"), [(1, 0), (2, 1)])
async def test_a_first_event_much_later_than_the_last_is_a_gap(
    database_url: str, connection, minute: int, gaps: int
) -> None:
    first = sends(identity(1, minute=0), then_stays=False)
    second = sends(identity(9, minute=minute), identity(10, minute=90))
    async with (
        relay(in_turn(first, second)) as server,
        running(settings(database_url, server.url)) as made,
    ):
        await until(lambda: made.seqs == [1, 9, 10])
    rows = await connection.fetch("SELECT after_seq, until_seq, until_time, reason FROM gaps")
    assert len(rows) == gaps
    for row in rows:
        assert (row["after_seq"], row["until_seq"], row["reason"]) == (1, 9, "late_first_event")
        assert f"{row['until_time']:%H:%M}" == "00:02"


@pytest.mark.parametrize(
    "bad", [GARBAGE, "text", b"", commit(2, 3000)], ids=["garbage", "text", "empty", "large"]
)
async def test_what_is_no_frame_drops_the_connection_and_is_passed_the_second_time(
    database_url: str, connection, bad: bytes | str
) -> None:
    frames = {1: identity(1), 2: bad, 3: identity(3), 4: identity(4)}

    async def play(connection: ServerConnection, cursor: int | None) -> None:
        for seq, data in frames.items():
            if seq > (cursor or 0):
                await connection.send(data)
        await stay(connection)

    small = {"max_frame_bytes": 1000}
    async with relay(play) as server, running(settings(database_url, server.url, **small)) as made:
        await until(lambda: made.seqs == [1, 3, 4])
        assert server.asked == [None, 1]
        await until(lambda: made.parent.saved.seq == 4)
    (row,) = await connection.fetch("SELECT seq, reason, detail, frame FROM quarantine")
    assert (row["seq"], row["reason"]) == (None, "bad_frame")
    assert row["detail"].endswith(", behind seq 1")
    assert row["frame"] == (bad if isinstance(bad, bytes) else bad.encode())


async def test_several_bad_frames_are_all_kept(database_url: str, connection, tmp_path) -> None:
    frames = [identity(1), GARBAGE, GARBAGE + b"2", frame("#commit", repo="did:plc:x"), identity(2)]
    path = Path(tmp_path / "capture.cborseq")
    path.write_bytes(b"".join(encode_entry(1, data) for data in frames))
    made = await finished(database_url, path)
    assert made.seqs == [1, 2]
    kept = await connection.fetch("SELECT frame, did FROM quarantine ORDER BY id")
    assert [row["frame"] for row in kept] == frames[1:4]
    assert kept[2]["did"] == "did:plc:x"


async def test_a_shard_without_room_holds_the_relay_back(database_url: str) -> None:
    sent = 0

    async def flood(connection: ServerConnection, _: int | None) -> None:
        nonlocal sent
        for seq in range(1, 400):
            await connection.send(commit(seq, 100_000))
            sent = seq

    async with relay(flood) as server, running(settings(database_url, server.url, 1)) as made:
        made.shards[0].commits = False
        await until(lambda: made.parent.lanes[0].crowded)
        await asyncio.sleep(0.5)
        assert made.parent.lanes[0].frames == 100
        assert sent < 250  # The rest waits in the relay, behind what the sockets hold.
        assert made.parent.reading.held_by == 0
        made.shards[0].commits = True
        made.shards[0].commit()
        await until(lambda: made.seqs == list(range(1, 400)))


async def test_an_idle_relay_is_left_and_asked_again(database_url: str) -> None:
    quiet = in_turn(sends(identity(1)), serve_after)
    async with (
        relay(quiet) as server,
        running(settings(database_url, server.url, idle_timeout_s=1.0)) as made,
    ):
        await until(lambda: len(made.seqs) == 20)
        assert server.asked[:2] == [None, 1]


@pytest.mark.parametrize(("start", "asked"), [("live", None), (0, 0), (7, 7)])
async def test_where_to_begin_counts_only_without_a_cursor(
    database_url: str, start: str | int, asked: int | None
) -> None:
    async with relay(serve_after) as server:
        given = settings(database_url, server.url, start_cursor=start)
        async with running(given) as made:
            await until(lambda: made.parent.saved.seq == 20)
        async with running(given):
            await until(lambda: len(server.asked) == 2)
    assert server.asked == [asked, 20]
