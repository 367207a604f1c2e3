"""Labels out: queryLabels and subscribeLabels, to the letter, over real sockets."""

import asyncio
import socket as sockets
from base64 import b64decode
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import msgspec
import pytest

from indexer import config, metrics
from indexer.coordinator.http import opened
from indexer.coordinator.labels import serve_labels
from indexer.labels import Unable, Wish, apply, negate, put, remove
from indexer.labels.upkeep import cut
from indexer.protocol.label import read_label, signed_by
from indexer.protocol.label_stream import Failure, decode_message
from indexer.web import PortTaken
from tests.coordinator.asking import ONCE
from tests.coordinator.labelers import Directory, Speaker, message, ours, speaking, who
from tests.labels.conftest import ALICE, AUTHOR, OURS, POST, STRANGER, THEIRS, said
from tests.labels.conftest import pool as pool
from tests.polling import until
from tests.system.program import free_port

QUERY = "/xrpc/com.atproto.label.queryLabels"
SUBSCRIBE = "/xrpc/com.atproto.label.subscribeLabels"


async def ask(endpoint, path=QUERY, **query):
    async with (
        aiohttp.ClientSession() as session,
        session.get(endpoint + path, params=query) as answer,
    ):
        return answer.status, await answer.json(), answer.headers


@asynccontextmanager
async def listening_to(endpoint, **query):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(endpoint + SUBSCRIBE, params=query) as socket,
    ):
        yield socket


async def heard(socket, messages):
    """So many messages: the numbers and what was said."""
    found = []
    for _ in range(messages):
        async with asyncio.timeout(20):
            decoded = decode_message(await socket.receive_bytes())
        labels = [read_label(value) for value in decoded.labels]
        assert all(signed_by(label, AUTHOR.signer.public) for label in labels)
        found += [(decoded.seq, label.val, label.neg) for label in labels]
    return found


async def history(pool):
    """Five events of ours, and one of somebody else between. What is said last stays."""
    await apply(pool, AUTHOR, [Wish(POST, "one")])
    await put(pool, [said("theirs")])
    await apply(pool, AUTHOR, [Wish(POST, "two")])
    await negate(pool, AUTHOR, [Wish(POST, "one")])
    await remove(pool, AUTHOR, [Wish(POST, "two")])
    await apply(pool, AUTHOR, [Wish(POST, "three")])
    return [(4, "one", True), (5, "two", True), (6, "three", False)]


async def test_labels_are_found_by_uri_and_by_the_beginning_of_one_with_their_signatures(
    pool, database_url
):
    await apply(pool, AUTHOR, [Wish(uri, "spam") for uri in (ALICE, POST, f"{POST}2")])
    await put(pool, [said("rude")])
    async with ours(pool, database_url) as endpoint:
        status, body, headers = await ask(endpoint, uriPatterns=POST)
        assert status == 200
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert [(label["val"], label["src"]) for label in body["labels"]] == [
            ("rude", THEIRS),
            ("spam", OURS),
        ]
        assert "cursor" not in body
        for label, author in zip(body["labels"], (STRANGER, AUTHOR), strict=True):
            sig = b64decode(label["sig"]["$bytes"] + "==")
            assert signed_by(read_label(label | {"sig": sig}), author.signer.public)
        _, body, _ = await ask(endpoint, uriPatterns="at://did:plc:alice/*", sources=OURS)
        assert [label["uri"] for label in body["labels"]] == [POST, f"{POST}2"]


async def test_what_is_taken_back_or_has_ended_is_not_found(pool, database_url):
    await put(pool, [said("over", exp=said("x", 1).cts), said("back", 1, neg=True)])
    async with ours(pool, database_url) as endpoint:
        assert (await ask(endpoint, uriPatterns="*"))[1] == {"labels": []}


async def test_pages_follow_one_another_without_holes_or_repeats(pool, database_url):
    await apply(pool, AUTHOR, [Wish(f"{POST}{n % 40}", f"v-{n}") for n in range(120)])
    async with ours(pool, database_url) as endpoint:
        found, cursor = [], {}
        for _ in range(99):
            asked = [("uriPatterns", "at://*"), ("uriPatterns", POST + "1*"), ("limit", "50")]
            async with (
                aiohttp.ClientSession() as session,
                session.get(endpoint + QUERY, params=[*asked, *cursor.items()]) as answer,
            ):
                body = await answer.json()
            found += [(label["uri"], label["val"]) for label in body["labels"]]
            if not (cursor := {k: v for k, v in body.items() if k == "cursor"}):
                break
    assert len(found) == 120 and found == sorted(set(found))


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({}, "uriPatterns"),
        ({"uriPatterns": "at://*/x"}, "at the end only"),
        ({"uriPatterns": "*", "limit": "0"}, "limit"),
        ({"uriPatterns": "*", "limit": "251"}, "limit"),
        ({"uriPatterns": "*", "limit": "many"}, "limit"),
        ({"uriPatterns": "*", "limit": "00000000199999999"}, "limit"),
        ({"uriPatterns": "*", "sources": "alice.test"}, "no DID"),
        ({"uriPatterns": "*", "cursor": "nonsense"}, "cursor"),
        ({"uriPatterns": "*", "cursor": "WzEsMiwzXQ=="}, "cursor"),
    ],
)
async def test_a_query_that_cannot_be_is_refused_with_the_reason(pool, database_url, query, why):
    async with ours(pool, database_url) as endpoint:
        status, body, headers = await ask(endpoint, **query)
    assert (status, body["error"]) == (400, "InvalidRequest")
    assert why in body["message"]
    assert headers["Access-Control-Allow-Origin"] == "*"


async def test_a_nul_in_a_query_harms_nothing(pool, database_url):
    async with ours(pool, database_url) as endpoint:
        assert (await ask(endpoint, uriPatterns="a\0*"))[0] == 200


@pytest.mark.parametrize("cursor", range(7))
async def test_the_log_is_replayed_from_each_cursor(pool, database_url, cursor):
    whole = await history(pool)
    behind = [event for event in whole if event[0] > cursor]
    async with (
        ours(pool, database_url) as endpoint,
        listening_to(endpoint, cursor=str(cursor)) as socket,
    ):
        assert await heard(socket, len(behind)) == behind
        await apply(pool, AUTHOR, [Wish(POST, "live")])
        assert await heard(socket, 1) == [(7, "live", False)]


async def test_without_a_cursor_only_what_is_new_comes(pool, database_url):
    await history(pool)
    async with ours(pool, database_url) as endpoint, listening_to(endpoint) as socket:
        first = asyncio.create_task(heard(socket, 1))
        for n in range(1000):  # nothing says when a subscription has begun
            await apply(pool, AUTHOR, [Wish(POST, f"live-{n}")])
            if (await asyncio.wait([first], timeout=0.05))[0]:
                break
        ((seq, val, _),) = await first
    assert seq > 6 and val.startswith("live-")


async def test_a_cursor_in_the_future_is_an_error_and_ends_the_stream(pool, database_url):
    await history(pool)
    async with ours(pool, database_url) as endpoint, listening_to(endpoint, cursor="7") as socket:
        said = decode_message(await socket.receive_bytes())
        assert isinstance(said, Failure) and said.error == "FutureCursor"
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_cursor_behind_the_log_is_told_so_and_gets_what_there_is(pool, database_url):
    await history(pool)
    await pool.execute("UPDATE label_events SET created_at = now() - interval '9 days'")
    async with ours(pool, database_url) as endpoint:
        await ask(endpoint, uriPatterns="*")
        async with listening_to(endpoint, cursor="0") as socket:
            await heard(socket, 3)
        await cut(pool, timedelta(days=8))
        await apply(pool, AUTHOR, [Wish(POST, "new")])
        async with listening_to(endpoint, cursor="2") as socket:
            assert decode_message(await socket.receive_bytes())[0] == "OutdatedCursor"
            assert await heard(socket, 1) == [(7, "new", False)]
        async with listening_to(endpoint, cursor="6") as socket:
            assert await heard(socket, 1) == [(7, "new", False)]


async def test_many_writers_and_every_subscriber_hears_everything_once_in_order(pool, database_url):
    async with (
        ours(pool, database_url) as one,
        ours(pool, database_url) as two,
        listening_to(one, cursor="0") as first,
        listening_to(one, cursor="0") as second,
        listening_to(two, cursor="0") as third,
    ):
        writers = (apply(pool, AUTHOR, [Wish(POST, f"v-{n}")]) for n in range(40))
        everywhere = [heard(socket, 40) for socket in (first, second, third)]
        *_, a, b, c = await asyncio.gather(*writers, *everywhere)
    assert a == b == c
    assert [seq for seq, _, _ in a] == list(range(1, 41))
    assert {val for _, val, _ in a} == {f"v-{n}" for n in range(40)}


@pytest.mark.parametrize("cursor", ["x", "-1", "1e3", "9" * 20, "0" * 4500])
async def test_a_cursor_that_is_no_number_is_refused(pool, database_url, cursor):
    async with ours(pool, database_url) as endpoint:
        assert (await ask(endpoint, SUBSCRIBE, cursor=cursor))[0] == 400


async def test_a_subscription_without_a_websocket_is_refused(pool, database_url):
    async with ours(pool, database_url) as endpoint:
        status, body, _ = await ask(endpoint, SUBSCRIBE)
    assert (status, body["error"]) == (400, "InvalidRequest")


async def test_who_says_no_labels_has_no_stream_and_answers_queries(pool, database_url):
    await put(pool, [said("spam")])
    async with ours(pool, database_url, author=None) as endpoint:
        assert (await ask(endpoint, SUBSCRIBE))[0] == 501
        assert len((await ask(endpoint, uriPatterns="*"))[1]["labels"]) == 1


async def test_there_is_room_for_so_many_subscribers(pool, database_url):
    async with ours(pool, database_url, most_subscribers=1) as endpoint:
        async with listening_to(endpoint, cursor="0"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as error:
                async with listening_to(endpoint):
                    pass
            assert error.value.status == 503
        await apply(pool, AUTHOR, [Wish(POST, "spam")])
        async with asyncio.timeout(20):
            while True:
                try:
                    async with listening_to(endpoint, cursor="0") as socket:
                        assert await heard(socket, 1)
                        break
                except aiohttp.WSServerHandshakeError:
                    await asyncio.sleep(0.02)


async def test_a_subscriber_who_does_not_read_is_dropped(pool, database_url):
    gone = metrics.LABEL_SUBSCRIBERS_GONE.labels("too_slow")
    before = gone._value.get()
    long = f"at://did:web:{'a' * 700}/app.bsky.feed.post/{'a' * 500}"
    for start in range(0, 5000, 1000):
        await apply(pool, AUTHOR, [Wish(long, f"v-{start + n}") for n in range(1000)])
    async with ours(pool, database_url, send_s=0.3) as endpoint:
        port = int(endpoint.rpartition(":")[2])
        with sockets.socket() as lazy:
            lazy.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
            lazy.connect(("127.0.0.1", port))
            lazy.sendall(
                f"GET {SUBSCRIBE}?cursor=0 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                "Sec-WebSocket-Version: 13\r\n\r\n".encode()
            )
            await until(lambda: gone._value.get() > before)


async def test_the_whole_of_it_runs_as_long_as_its_block(pool, database_url):
    port = free_port()
    async with speaking(Speaker(message(1, said("theirs")))) as endpoint:
        settings = config.load(
            {
                "DATABASE_URL": database_url,
                "LABEL_DID": OURS,
                "LABEL_SIGNING_KEY": "01" * 32,
                "LABEL_PORT": str(port),
                "LABELERS": f"{THEIRS},{OURS}",
            }
        )
        directory = Directory(who(endpoint))
        async with (
            opened(ONCE, [endpoint.removeprefix("http://")]) as client,
            serve_labels(settings, pool, client, directory) as served,
        ):
            assert served == port
            async with asyncio.timeout(20):
                while not (await ask(f"http://127.0.0.1:{port}", uriPatterns="*"))[1]["labels"]:
                    await asyncio.sleep(0.05)
        assert {did for did, _ in directory.asked} == {THEIRS}
        with pytest.raises(OSError):
            await ask(f"http://127.0.0.1:{port}", uriPatterns="*")


async def test_a_port_that_is_taken_names_the_setting(pool, database_url):
    with sockets.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = config.load({"DATABASE_URL": database_url, "LABEL_PORT": str(port)})
        async with opened(ONCE) as client:
            with pytest.raises(PortTaken, match="LABEL_PORT"):
                async with serve_labels(settings, pool, client, Directory()):
                    pass


async def test_nothing_is_served_unless_a_port_is_set_and_a_key_that_is_none_is_refused(
    pool, database_url
):
    settings = config.load({"DATABASE_URL": database_url, "LABEL_DID": OURS})
    async with opened(ONCE) as client:
        async with serve_labels(settings, pool, client, Directory()) as port:
            assert port is None
        labels = msgspec.structs.replace(settings.labels, signing_key="secret")
        wrong = msgspec.structs.replace(settings, labels=labels)
        with pytest.raises(Unable, match="no secret key") as error:
            async with serve_labels(wrong, pool, client, Directory()):
                pass
    assert "secret'" not in repr(wrong) + str(error.value)
