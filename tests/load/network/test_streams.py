"""The relay's firehose and the labeler's labels, as a subscriber gets them."""

from datetime import UTC, datetime

import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from indexer.protocol.drisl import decode
from indexer.protocol.identity import read_document
from indexer.protocol.key import parse_did_key
from indexer.protocol.label import read_label, signed_by
from indexer.protocol.label_stream import decode_message
from load.network import refusals, running
from load.network.labeler import LABELER
from tests.polling import until


def firehose(there, cursor=""):
    return connect(f"{there.relay_url}/xrpc/com.atproto.sync.subscribeRepos{cursor}")


def labels(there, cursor=0):
    url = there.hosts["labeler"].url.replace("http", "ws", 1)
    return connect(f"{url}/xrpc/com.atproto.label.subscribeLabels?cursor={cursor}")


async def test_a_relay_sends_what_comes_after_the_cursor(world):
    frames = [frame for _, frame in world.entries]
    async with running(world.network, frames=world.entries[:-1]) as there:
        async with firehose(there, "?cursor=300") as socket:
            got = [await socket.recv() for _ in range(len(frames) - 301)]
            assert got == frames[300:-1]
            there.firehose.add(len(frames), frames[-1])
            assert await socket.recv() == frames[-1]
        assert there.firehose.cursors == [300]
        assert there.hosts["relay"].asked == {"com.atproto.sync.subscribeRepos": 1}


async def test_without_a_cursor_a_relay_sends_what_is_new(world):
    old, new = world.entries[:10], world.entries[10][1]
    async with running(world.network, frames=old) as there, firehose(there) as socket:
        await until(lambda: there.firehose.clients == 1)
        there.firehose.add(11, new)
        assert await socket.recv() == new


async def test_a_cursor_of_the_future_is_refused(world):
    async with running(world.network, frames=world.entries[:10]) as there:
        async with firehose(there, "?cursor=11") as socket:
            assert decode(await socket.recv())[1]["error"] == "FutureCursor"
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        with pytest.raises(InvalidStatus):
            await firehose(there, "?cursor=x").__aenter__()


async def test_a_relay_fails_on_demand_and_hangs_up_when_it_goes_down(world):
    async with running(world.network, frames=world.entries[:10]) as there:
        there.faults.set(refusals.failing(502), "relay", times=1)
        with pytest.raises(InvalidStatus):
            await firehose(there, "?cursor=0").__aenter__()
        async with firehose(there, "?cursor=9") as socket:
            await socket.recv()
            await there.hosts["relay"].down()
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        await there.hosts["relay"].up()
        async with firehose(there, "?cursor=9") as socket:
            assert await socket.recv() == world.entries[9][1]


async def test_labels_are_signed_with_the_key_that_the_directory_has(there, session):
    async with session.get(f"{there.plc.url}/{LABELER}") as answer:
        document = read_document(orjson.loads(await answer.read()), LABELER)
    assert document.labeler == there.hosts["labeler"].url
    key = parse_did_key(document.label_key)
    there.labeler.say("did:plc:alice", "spam", cts=datetime(2026, 1, 1, tzinfo=UTC))
    async with labels(there) as socket:
        there.labeler.say("did:plc:alice", "spam", neg=True)
        there.labeler.say("did:plc:bob", "rude", forged=True)
        messages = [decode_message(await socket.recv()) for _ in range(3)]
    said = [read_label(message.labels[0]) for message in messages]
    assert [message.seq for message in messages] == [1, 2, 3]
    assert [label.val for label in said] == ["spam", "spam", "rude"] and said[1].neg
    assert [signed_by(label, key) for label in said] == [True, True, False]
    async with labels(there, 2) as socket:
        assert decode_message(await socket.recv()).seq == 3
