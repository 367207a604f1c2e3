"""WebSockets under the same guard as every other request."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from indexer.coordinator.http import Forbidden, TooBig, Unreachable, Unreadable, opened
from load.network.names import naming
from tests.coordinator.asking import ONCE

NAME = "labeler.test"


async def talk(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    if "text" in request.query:
        await socket.send_str("text")
    for size in request.query.get("sizes", "").split():
        await socket.send_bytes(bytes(int(size)))
    if "break" in request.query:
        request.transport.abort()
    await socket.close()
    return socket


async def redirect(request):
    raise web.HTTPFound(f"/talk?{request.query_string}")


async def page(_):
    return web.Response(text="hello")


async def fail(_):
    raise web.HTTPServiceUnavailable


@asynccontextmanager
async def serving(limits=ONCE, listed=True):
    app = web.Application()
    app.router.add_get("/talk", talk)
    app.router.add_get("/redirect", redirect)
    app.router.add_get("/fail", fail)
    app.router.add_get("/page", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with naming() as (names, dns):
        names.says[NAME] = [["127.0.0.1"]]
        async with opened(limits, [f"{NAME}:{port}"] if listed else [], dns=dns) as client:
            yield client, f"ws://{NAME}:{port}"
    await runner.cleanup()


async def received(client, url, most_bytes=1000):
    async with client.websocket(url, most_bytes=most_bytes) as messages:
        return [len(message) async for message in messages]


async def test_messages_come_whole_until_the_host_ends_it():
    async with serving() as (client, url):
        assert await received(client, f"{url}/talk?sizes=1+1000+0") == [1, 1000, 0]


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/talk?sizes=1001", TooBig),
        ("/talk?text=1", Unreadable),
        ("/page", Unreadable),
        ("/nowhere", Unreadable),
        ("/fail", Unreachable),
        ("/redirect", Forbidden),
    ],
)
async def test_what_is_no_answer_says_so(path, error):
    async with serving() as (client, url):
        with pytest.raises(error):
            await received(client, url + path)


async def test_a_host_that_fails_is_left_alone():
    async with serving() as (client, url):
        for _ in range(ONCE.rest_after):
            with pytest.raises(Unreachable):
                await received(client, f"{url}/fail")
        assert client.hosts[NAME].resting


@pytest.mark.parametrize(
    "url",
    [
        "ws://{}/talk",
        "wss://{}/talk",
        "wss://127.0.0.1/talk",
        "wss://localhost/talk",
        "http://labeler.example.com/talk",
        "wss://user@labeler.example.com/talk",
        "ftp://labeler.example.com",
    ],
)
async def test_hosts_that_nobody_listed_are_public_or_are_not_connected_to(url):
    async with serving(listed=False) as (client, base):
        with pytest.raises(Forbidden):
            await received(client, url.format(base.removeprefix("ws://")))


async def test_a_public_name_of_a_private_address_is_not_connected_to():
    async with naming() as (names, dns):
        names.says["labeler.example.org"] = [["127.0.0.1"]]
        async with opened(ONCE, dns=dns) as client:
            with pytest.raises(Forbidden):
                await received(client, "wss://labeler.example.org/xrpc")
