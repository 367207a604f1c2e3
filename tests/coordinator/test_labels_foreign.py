"""Our labels read and verified by a client of another hand, and labels of its making by us."""

import asyncio
from base64 import b64decode

import libipld
import pytest

atproto = pytest.importorskip("atproto", reason="the package atproto is not installed")

from atproto import (  # noqa: E402
    AsyncFirehoseSubscribeLabelsClient,
    Client,
    models,
    parse_subscribe_labels_message,
)
from atproto_client.models import get_model_as_dict  # noqa: E402
from atproto_crypto.verify import verify_signature  # noqa: E402
from atproto_subscription.exceptions import SubscriptionError  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: E402
from cryptography.hazmat.primitives.hashes import SHA256  # noqa: E402
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: E402

from indexer.labels import Author, Wish, active, apply, negate  # noqa: E402
from indexer.protocol.key import Key  # noqa: E402
from tests.coordinator.labelers import (  # noqa: E402
    Directory,
    Speaker,
    known,
    ours,
    speaking,
    subscribed,
)
from tests.keys import K256  # noqa: E402
from tests.labels.conftest import ALICE, AUTHOR, OURS, POST, THEIRS  # noqa: E402
from tests.labels.conftest import pool as pool  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def verified(label):
    """By its library, over what its library read."""
    fields = {
        name: value
        for name, value in get_model_as_dict(label).items()
        if value is not None and name not in ("sig", "$type")
    }
    return verify_signature(AUTHOR.signer.public.text, libipld.encode_dag_cbor(fields), label.sig)


async def test_its_client_queries_our_labels_and_verifies_them(pool, database_url):
    await apply(pool, AUTHOR, [Wish(POST, "spam"), Wish(ALICE, "rude"), Wish(POST, "gone")])
    await negate(pool, AUTHOR, [Wish(POST, "gone")])
    async with ours(pool, database_url) as endpoint:
        client = Client(base_url=f"{endpoint}/xrpc")
        params = models.ComAtprotoLabelQueryLabels.Params(
            uri_patterns=[ALICE, "at://did:plc:alice/*"], sources=[OURS], limit=1
        )
        found = []
        for _ in range(2):
            answer = await asyncio.to_thread(
                client.invoke_query,
                "com.atproto.label.queryLabels",
                params=params,
                output_encoding="application/json",
            )
            found += [
                models.ComAtprotoLabelDefs.Label(**read(one)) for one in answer.content["labels"]
            ]
            params.cursor = answer.content.get("cursor")
    assert [(label.uri, label.val) for label in found] == [(POST, "spam"), (ALICE, "rude")]
    assert all(verified(label) for label in found)


def read(label):
    """Its models do not know how JSON spells bytes, as the data model has it."""
    return {**label, "sig": b64decode(label["sig"]["$bytes"] + "==")}


async def test_its_client_queries_labels_that_are_not_signed(pool, database_url):
    unsigned = Author(OURS, None)
    await apply(pool, unsigned, [Wish(POST, "spam"), Wish(ALICE, "rude")])
    async with ours(pool, database_url, author=unsigned) as endpoint:
        ask = Client(base_url=f"{endpoint}/xrpc").com.atproto.label.query_labels
        first = await asyncio.to_thread(ask, {"uri_patterns": ["*"], "limit": 1})
        rest = await asyncio.to_thread(ask, {"uri_patterns": ["*"], "cursor": first.cursor})
    assert [(label.uri, label.val) for label in first.labels + rest.labels] == [
        (POST, "spam"),
        (ALICE, "rude"),
    ]


async def streamed(endpoint, cursor, messages):
    """So many messages as its client hears them."""
    client = AsyncFirehoseSubscribeLabelsClient(
        {"cursor": cursor}, base_uri=f"ws{endpoint.removeprefix('http')}/xrpc"
    )
    heard = []

    async def hear(message):
        heard.append(parse_subscribe_labels_message(message))
        if len(heard) == messages:
            await client.stop()

    async with asyncio.timeout(20):
        await client.start(hear)
    return heard


async def test_its_client_subscribes_to_our_labels_and_verifies_them(pool, database_url):
    await apply(pool, AUTHOR, [Wish(POST, "spam"), Wish(ALICE, "rude")])
    await negate(pool, AUTHOR, [Wish(POST, "spam")])
    async with ours(pool, database_url) as endpoint:
        heard = await streamed(endpoint, 0, 2)
        assert [message.seq for message in await streamed(endpoint, 2, 1)] == [3]
    assert heard[-1].seq == 3
    labels = [label for message in heard for label in message.labels]
    assert sorted((label.val, bool(label.neg)) for label in labels) == [
        ("rude", False),
        ("spam", True),
    ], "what was taken back is not in the stream any more"
    assert all(verified(label) for label in labels)


async def test_its_client_is_told_of_a_cursor_in_the_future(pool, database_url):
    async with ours(pool, database_url) as endpoint:
        with pytest.raises(SubscriptionError) as error:
            await streamed(endpoint, 7, 1)
    assert "FutureCursor" in str(error.value)


async def test_labels_of_its_making_are_read_and_verified_by_us(pool):
    """Signed by a third library."""
    secret = ec.generate_private_key(ec.SECP256K1())
    label = models.ComAtprotoLabelDefs.Label(
        src=THEIRS, uri=POST, val="spam", cts="2026-01-01T00:00:00.000Z", ver=1
    )
    fields = {k: v for k, v in get_model_as_dict(label).items() if v is not None and k != "$type"}
    r, s = decode_dss_signature(secret.sign(libipld.encode_dag_cbor(fields), ec.ECDSA(SHA256())))
    label.sig = r.to_bytes(32, "big") + min(s, K256.order - s).to_bytes(32, "big")
    body = models.ComAtprotoLabelSubscribeLabels.Labels(labels=[label], seq=1)
    frame = libipld.encode_dag_cbor({"op": 1, "t": "#labels"}) + libipld.encode_dag_cbor(
        get_model_as_dict(body)
    )
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    async with (
        speaking(Speaker((1, frame))) as endpoint,
        subscribed(pool, Directory(known(endpoint, Key("k256", point).text)), endpoint),
        asyncio.timeout(20),
    ):
        while not (found := (await active(pool, [POST]))[POST]):
            await asyncio.sleep(0.02)
    assert [(row.src, row.val) for row in found] == [(THEIRS, "spam")]
