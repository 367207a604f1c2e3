"""A key is the same key in each of its spellings, and nothing else is a key."""

import json
from pathlib import Path

import libipld
import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.key import Key, parse_did_key, parse_key
from tests.keys import K256, P256, SAMPLES, Sample

EachCurve = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.curve)
ED25519 = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
POINT = parse_did_key(K256.did_key).point


def spelled(data: bytes, base: str = "z") -> str:
    text: str = libipld.encode_multibase(base, data)
    return text


@EachCurve
def test_a_key_is_the_same_in_every_spelling(sample: Sample) -> None:
    key = parse_did_key(sample.did_key)
    assert (key.curve, len(key.point), key.text) == (sample.curve, 33, sample.did_key)
    assert parse_key("Multikey", sample.multikey) == key
    assert parse_key(sample.older_type, sample.uncompressed) == key
    assert parse_key(sample.older_type, sample.compressed) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:key:",
        "did:key:z",
        K256.multikey,
        K256.did_key + " ",
        K256.did_key + "\n",
        K256.did_key + "1",
        K256.did_key[:-1],
        "did:key:" + K256.compressed,
        "did:key:" + K256.uncompressed,
        "did:key:" + K256.multikey[1:],
        "did:key:z" + "0" * 48,
        "did:key:z" + "é" * 48,
        "did:key:z" + "1" * 48,
        "did:key:z" + "Q" * 1_000_000,
        f"did:key:{ED25519}",
        "did:key:" + spelled(b"\xe7\x01" + POINT, "f"),
        "did:key:" + spelled(b"\xe7\x01\x04" + POINT[1:]),
        "did:key:" + spelled(b"\xe7\x01" + POINT + b"\0"),
        "did:key:" + spelled(b"\xe7\x01\x04" + bytes(64)),
        "did:key:" + spelled(b"\x80\x24" + POINT[1:]),
        f"did:web:{K256.multikey}",
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_did_key(text)
    assert refused.value.reason == "bad_key"
    assert len(refused.value.detail) < 400


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Multikey", K256.compressed),
        ("Multikey", K256.uncompressed),
        ("Multikey", K256.did_key),
        ("multikey", K256.multikey),
        ("Ed25519VerificationKey2020", ED25519),
        ("", K256.multikey),
        (K256.older_type, K256.multikey),
        (P256.older_type, P256.multikey),
        (K256.older_type, spelled(b"\x06" + bytes(64))),
        (K256.older_type, spelled(bytes(65))),
        (K256.older_type, spelled(b"\x04" + bytes(63))),
    ],
)
def test_a_text_is_read_as_its_type_says(kind: str, text: str) -> None:
    with pytest.raises(Invalid, match="bad_key"):
        parse_key(kind, text)


@given(st.text(), st.sampled_from(["Multikey", K256.older_type, "?"]))
def test_no_text_does_anything_else(text: str, kind: str) -> None:
    with pytest.raises(Invalid):
        parse_key(kind, text)
    with pytest.raises(Invalid):
        parse_did_key(f"did:key:{text}")


@given(st.sampled_from(SAMPLES), st.binary(min_size=32, max_size=32), st.sampled_from([2, 3]))
def test_what_is_spelled_out_is_read_back(sample: Sample, x: bytes, sign: int) -> None:
    key = Key(sample.curve, bytes((sign,)) + x)
    assert parse_did_key(key.text) == key


def test_keys_of_k256_are_what_others_make_of_their_secrets(corpus: Path) -> None:
    vectors = json.loads((corpus / "interop/crypto/w3c_didkey_K256.json").read_text())
    for vector in vectors:
        secret = PrivateKey(bytes.fromhex(vector["privateKeyBytesHex"]))
        key = Key("k256", secret.public_key.format())
        assert key == parse_did_key(vector["publicDidKey"])
        assert key.text == vector["publicDidKey"]


def test_keys_of_p256_are_what_others_make_of_their_secrets(corpus: Path) -> None:
    vectors = json.loads((corpus / "interop/crypto/w3c_didkey_P256.json").read_text())
    for vector in vectors:
        secret = libipld.decode_multibase("z" + vector["privateKeyBytesBase58"])[1]
        public = ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()).public_key()
        point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        assert parse_did_key(vector["publicDidKey"]) == Key("p256", point)
