"""What was signed with a key is told from everything else, and never by an exception."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cbor2
import libipld
import orjson
import pytest
from backports import zstd
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.car import read_car
from indexer.protocol.identity import read_document
from indexer.protocol.key import Key, parse_did_key, parse_key
from indexer.protocol.signature import MOST_OPENED, verify, verify_commit
from load.capture import read_capture
from load.encoding.frames import Encoder
from load.encoding.repository import Repository
from load.generate import generate
from tests.frames import DID, REV, TREE, link
from tests.keys import K256, MESSAGE, P256, SAMPLES, Sample

EachCurve = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.curve)
Signed = tuple[str, bytes]  # a DID, and the block of its commit


def signed_commits(frames: Iterable[bytes]) -> Iterator[Signed]:
    """Of #commit and #sync alike."""
    for frame in frames:
        _, body = libipld.decode_dag_cbor_multi(frame)
        if "blocks" in body:
            (root, *_), blocks = read_car(body["blocks"])
            yield body.get("did") or body["repo"], blocks[root]


def keys_of(documents: Iterable[dict[str, Any]]) -> dict[str, Key]:
    texts = {value["id"]: read_document(value, value["id"]).signing_key for value in documents}
    return {did: parse_did_key(text) for did, text in texts.items() if text}


def verdicts_on(commits: Iterable[Signed], keys: dict[str, Key]) -> Counter[bool]:
    """By whether they verify. All do, with their own keys; none with another's."""
    verdicts: Counter[bool] = Counter()
    stranger = parse_did_key(K256.did_key)
    for did, block in commits:
        verdicts[verify_commit(block, keys[did])] += 1
        assert not verify_commit(block, stranger)
    return verdicts


@EachCurve
def test_what_was_signed_verifies(sample: Sample) -> None:
    assert verify(parse_did_key(sample.did_key), sample.signature, MESSAGE)


@EachCurve
def test_the_higher_s_is_refused(sample: Sample) -> None:
    s = sample.order - int.from_bytes(sample.signature[32:], "big")
    twin = sample.signature[:32] + s.to_bytes(32, "big")
    assert not verify(parse_did_key(sample.did_key), twin, MESSAGE)


@EachCurve
def test_numbers_that_no_signature_has_are_refused(sample: Sample) -> None:
    key, good = parse_did_key(sample.did_key), sample.signature
    for number in (0, sample.order, sample.order + 1, (1 << 256) - 1):
        odd = number.to_bytes(32, "big")
        assert not verify(key, odd + good[32:], MESSAGE)
        assert not verify(key, good[:32] + odd, MESSAGE)


@EachCurve
def test_another_message_key_or_curve_is_refused(sample: Sample) -> None:
    key, other = parse_did_key(sample.did_key), P256 if sample is K256 else K256
    assert not verify(key, sample.signature, MESSAGE + b"!")
    assert not verify(key, other.signature, MESSAGE)
    assert not verify(parse_did_key(other.did_key), sample.signature, MESSAGE)
    assert not verify(Key(other.curve, key.point), sample.signature, MESSAGE)


@EachCurve
def test_every_changed_bit_is_seen(sample: Sample) -> None:
    key, number = parse_did_key(sample.did_key), int.from_bytes(sample.signature, "big")
    for bit in range(512):
        assert not verify(key, (number ^ 1 << bit).to_bytes(64, "big"), MESSAGE)


@EachCurve
@pytest.mark.parametrize("point", [b"", b"\x02" + b"\xff" * 32, b"\x04" + bytes(32), bytes(33)])
def test_with_what_is_no_point_nothing_was_signed(sample: Sample, point: bytes) -> None:
    assert not verify(Key(sample.curve, point), sample.signature, MESSAGE)


@given(st.sampled_from(SAMPLES), st.binary(max_size=80), st.binary(max_size=20))
def test_no_bytes_raise_anything(sample: Sample, signature: bytes, message: bytes) -> None:
    key = parse_did_key(sample.did_key)
    assert not verify(key, signature, message)
    assert not verify_commit(signature, key)


def test_more_keys_than_are_kept_ready_all_work() -> None:
    for number in range(1, MOST_OPENED + 100):
        secret = PrivateKey.from_int(number)
        if number < 3 or number > MOST_OPENED:
            signature = secret.sign_recoverable(MESSAGE)[:64]
            assert verify(Key("k256", secret.public_key.format()), signature, MESSAGE)
        else:
            verify(Key("k256", number.to_bytes(33, "big")), K256.signature, MESSAGE)


def commit(secret: PrivateKey, **more: Any) -> dict[str, Any]:
    """Its map, signed; what is in `more` is signed, too."""
    body = {"did": DID, "rev": REV, "version": 3, "prev": None, "data": link(TREE), **more}
    signature = secret.sign_recoverable(cbor2.dumps(body, canonical=True))[:64]
    return body | {"sig": signature}


SECRET = PrivateKey(b"\x01" * 32)
KEY = Key("k256", SECRET.public_key.format())
WHOLE = commit(SECRET)
BLOCK = cbor2.dumps(WHOLE, canonical=True)


@pytest.mark.parametrize("more", [{}, {"a": 1}, {"zzzz": [1, {"sig": b"x"}]}, {"sigs": bytes(64)}])
def test_a_commit_is_signed_with_all_that_it_says(more: dict[str, Any]) -> None:
    assert verify_commit(cbor2.dumps(commit(SECRET, **more), canonical=True), KEY)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\xa0",
        b"\xa1\x63sig",
        b"\xa1\x63sig\x58\x40" + bytes(64),
        BLOCK + b"\0",
        BLOCK[:-1],
        BLOCK.replace(b"\xa6", b"\xb8\x06", 1),
        BLOCK.replace(b"\xa6", b"\xbf", 1) + b"\xff",
        BLOCK.replace(b"\x63sig\x58\x40", b"\x78\x03sig\x58\x40"),
        BLOCK.replace(b"\x63sig\x58\x40", b"\x63sig\x59\x00\x40"),
        cbor2.dumps(WHOLE | {"rev": "3mgacygqcyk2z"}, canonical=True),
        cbor2.dumps(WHOLE | {"more": 1}, canonical=True),
        cbor2.dumps(WHOLE | {"sig": WHOLE["sig"][:63]}, canonical=True),
        cbor2.dumps(WHOLE | {"sig": WHOLE["sig"].hex()}, canonical=True),
        cbor2.dumps(WHOLE | {"sig": None}, canonical=True),
        cbor2.dumps({name: WHOLE[name] for name in WHOLE if name != "sig"}, canonical=True),
        cbor2.dumps([WHOLE], canonical=True),
        cbor2.dumps({"commit": WHOLE}, canonical=True),
        cbor2.dumps(commit(SECRET, **{f"n{n:02}": n for n in range(30)}), canonical=True),
    ],
)
def test_what_is_no_signed_commit_is_not_signed(block: bytes) -> None:
    assert verify_commit(BLOCK, KEY)
    assert not verify_commit(block, KEY)


def test_every_commit_of_a_made_world_verifies() -> None:
    encoder = Encoder(seed=7)
    frames = [frame for _, frame in generate(seed=7, commits=300, encoder=encoder)]
    verdicts = verdicts_on(signed_commits(frames), keys_of(encoder.documents()))
    assert verdicts[True] >= 300
    assert not verdicts[False]


def test_a_repository_of_the_harness_is_signed_with_its_key() -> None:
    repository = Repository(DID, b"\x01" * 32)
    head = repository.commit(REV, [])
    assert verify_commit(head.blocks[head.cid], KEY)


def test_the_vectors_verify_or_not_as_they_say(corpus: Path) -> None:
    vectors = json.loads((corpus / "interop/crypto/signature-fixtures.json").read_text())
    for vector in vectors:
        message, signature = (
            b64decode(vector[name] + "==") for name in ("messageBase64", "signatureBase64")
        )
        key = parse_did_key(vector["publicKeyDid"])
        assert parse_key(vector["didDocSuite"], vector["publicKeyMultibase"]) == key
        assert verify(key, signature, message) is vector["validSignature"], vector["comment"]
    assert len(vectors) == 6


def test_every_commit_of_a_relay_verifies(corpus: Path) -> None:
    documents = orjson.loads(zstd.decompress((corpus / "relay/did_docs.json.zst").read_bytes()))
    frames = (frame for _, frame in read_capture(corpus / "relay/frames.cborseq.zst"))
    verdicts = verdicts_on(signed_commits(frames), keys_of(documents.values()))
    assert verdicts == {True: 148}


def test_every_commit_of_a_small_network_verifies(corpus: Path) -> None:
    """Its documents are in the older form."""
    documents = [
        orjson.loads(path.read_bytes())
        for path in (corpus / "devnet/plc").glob("*.json")
        if not path.name.endswith(".audit.json")
    ]
    frames = (frame for _, frame in read_capture(corpus / "devnet/frames.cborseq.zst"))
    verdicts = verdicts_on(signed_commits(frames), keys_of(documents))
    assert verdicts == {True: 3591 + 120}
