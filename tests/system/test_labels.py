"""Labels through the whole program: what a moderator says at a terminal reaches a subscriber, and
what another labeler streams reaches readers, however often the parts are begun."""

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from indexer.protocol.label import read_label, signed_by
from indexer.protocol.label_stream import decode_message
from tests.coordinator.labelers import Speaker, message, speaking
from tests.labels.conftest import AUTHOR, OURS, POST, SECRET, STRANGER, said
from tests.parent.relay import relay, sends
from tests.system.program import free_port, running
from tests.test_main import indexer

PATH = "/xrpc/com.atproto.label.subscribeLabels"


@asynccontextmanager
async def directory(*documents):
    """Of DIDs, one that anybody can ask."""
    app = web.Application()

    async def find(request):
        return web.json_response(documents_of[request.match_info["did"]])

    documents_of = {document["id"]: document for document in documents}
    app.router.add_get("/{did}", find)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def document(did, endpoint):
    key = STRANGER.signer.public.text.removeprefix("did:key:")
    label_key = {"id": f"{did}#atproto_label", "type": "Multikey", "controller": did}
    service = {"id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": endpoint}
    return {
        "id": did,
        "verificationMethod": [label_key | {"publicKeyMultibase": key}],
        "service": [service],
    }


async def subscribed(port):
    """A WebSocket, as soon as it can be had."""
    session = aiohttp.ClientSession()
    async with asyncio.timeout(40):
        while True:
            try:
                url = f"http://127.0.0.1:{port}{PATH}"
                return session, await session.ws_connect(url, params={"cursor": "0"})
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


async def test_labels_go_in_and_out_of_the_running_program(
    database_url: str, tmp_path: Path
) -> None:
    did, port = "did:plc:" + "a" * 24, free_port()
    ours = {"LABEL_DID": OURS, "LABEL_SIGNING_KEY": SECRET.hex(), "DATABASE_URL": database_url}
    speaker = Speaker(message(1, said("rude", src=did)))
    async with (
        relay(sends()) as server,
        speaking(speaker) as endpoint,
        directory(document(did, endpoint)) as plc,
        running(
            *(tmp_path, database_url, server.url),
            **ours | {"LABELERS": did, "PLC_URL": plc, "LABEL_PORT": str(port), "SHARDS": "1"},
            ALLOW_PRIVATE_HOSTS=endpoint.removeprefix("http://"),
        ) as program,
    ):
        session, socket = await subscribed(port)
        async with session, socket:
            said_so = await asyncio.to_thread(indexer, "labels", "apply", POST, "spam", **ours)
            assert said_so.returncode == 0, said_so.stderr
            async with asyncio.timeout(40):
                (label,) = decode_message(await socket.receive_bytes()).labels
                assert signed_by(read_label(label), AUTHOR.signer.public)
                query = f"http://127.0.0.1:{port}/xrpc/com.atproto.label.queryLabels"
                found = {}
                while len(found) < 2:
                    program.check()
                    async with session.get(query, params={"uriPatterns": POST}) as answer:
                        found = {one["val"]: one["src"] for one in (await answer.json())["labels"]}
        assert found == {"rude": did, "spam": OURS}
        assert await program.end() == 0
