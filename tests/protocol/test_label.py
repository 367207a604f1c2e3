"""Labels and the messages they come in, from hands that we do not know."""

from datetime import UTC, datetime

import cbor2
import libipld
import pytest

from indexer.labels.signer import Signer, read_signer
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.key import parse_did_key
from indexer.protocol.label import key_of, make_label, read_label, signed_by, spelled, whole
from indexer.protocol.label_stream import (
    Failure,
    Info,
    Labels,
    decode_message,
    error_message,
    info_message,
    labels_message,
)

DID, POST = "did:web:labeler.test", "at://did:plc:alice/app.bsky.feed.post/1"
FIELDS = {"ver": 1, "src": DID, "uri": POST, "val": "spam", "cts": "2026-01-01T00:00:00.123456Z"}
SIGNER = Signer(bytes(31) + b"\x07")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def signed(**fields):
    """As another implementation would: over canonical CBOR of all there is."""
    fields = FIELDS | fields
    unsigned = read_label(fields)._replace(block=cbor2.dumps(fields, canonical=True))
    return {**fields, "sig": SIGNER.sign(unsigned).sig}


def test_a_label_is_read_and_its_signature_checked():
    label = read_label(signed(neg=True))
    assert (label.src, label.uri, label.val, label.neg) == (DID, POST, "spam", True)
    assert label.cts == datetime(2026, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)
    assert signed_by(label, SIGNER.public)


def test_what_a_label_has_not_by_its_specification_is_not_signed_and_not_kept():
    label = read_label(signed() | {"$type": "com.atproto.label.defs#label", "more": {"a": [1]}})
    assert signed_by(label, SIGNER.public)
    assert whole(label.block, label.sig) == signed()


def test_a_label_without_its_version_is_one_of_the_first():
    without = {name: field for name, field in signed().items() if name != "ver"}
    assert signed_by(read_label(without), SIGNER.public)


@pytest.mark.parametrize(
    "change",
    [
        {"uri": "at://did:plc:bob/app.bsky.feed.post/1"},
        *({name: "spammer"} for name in ("val", "cid")),
        {"neg": True},
        {"cts": "2026-01-01T00:00:00.123Z"},
        {"sig": bytes(64)},
        {"sig": None},
    ],
)
def test_whatever_is_tampered_with_is_not_signed(change):
    assert not signed_by(read_label(signed() | change), SIGNER.public)


@pytest.mark.parametrize(
    "change",
    [
        *({name: value} for name in ("src", "uri", "val", "cts") for value in (None, 1, "", [])),
        *({"src": value} for value in ("alice.test", "did:web:" + "a" * 900)),
        *({"cts": value} for value in ("now", "2026-01-01T00:00:00")),
        {"ver": 2},
        {"val": "é" * 65},
        {"uri": "a" * 2000},
        {"uri": "\0" * 1000},
        {"val": "\0" * 100},
        {"sig": "text"},
        {"exp": "never"},
        {"neg": 1},
        {"cid": 1},
        {"cid": "a" * 9000},
        {"ver": True},
    ],
    ids=lambda change: str(change)[:30],
)
def test_what_is_no_label_is_refused(change):
    with pytest.raises(Invalid):
        read_label(FIELDS | change)


@pytest.mark.parametrize("value", [None, 1, [], "a", b""])
def test_what_is_no_map_is_no_label(value):
    with pytest.raises(Invalid):
        read_label(value)


def test_the_key_is_that_of_no_record_and_differs_with_each_part_of_the_identity():
    keys = {
        key_of(*parts) for parts in ((DID, "a", "bc"), (DID, "ab", "c"), ("did:x:y", "a", "bc"))
    }
    assert len(keys) == 3
    assert not any(key.startswith("at://") for key in keys)


def test_a_time_is_spelled_with_three_digits_and_z():
    assert spelled(NOW) == "2026-01-01T00:00:00.000Z"
    label = make_label(DID, POST, "spam", NOW, neg=False, cid=None, exp=None)
    assert libipld.decode_dag_cbor(label.block) == FIELDS | {"cts": "2026-01-01T00:00:00.000Z"}


def test_messages_are_read_as_they_were_written():
    label = read_label(signed())
    message = labels_message(9, [(label.block, label.sig)])
    assert decode_message(message) == Labels(9, [signed()])
    assert decode_message(info_message("OutdatedCursor", "x")) == Info("OutdatedCursor", "'x'")
    assert decode_message(error_message("FutureCursor", "")) == Failure("FutureCursor", "''")


def test_a_signature_that_looks_like_a_cid_is_sent_as_bytes():
    label, signature = read_label(signed()), b"\x01" + bytes(63)
    message = labels_message(9, [(label.block, signature)])
    assert cbor2.dumps({**FIELDS, "sig": signature}, canonical=True) in message


def two(header, body):
    return cbor2.dumps(header, canonical=True) + cbor2.dumps(body, canonical=True)


@pytest.mark.parametrize("frame", [two({"op": 1, "t": "#new"}, {}), two({"op": 3}, {"a": 1})])
def test_what_is_of_a_later_version_is_passed_over(frame):
    assert decode_message(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff",
        cbor2.dumps({"op": 1, "t": "#labels"}, canonical=True),
        two({"op": 1, "t": "#labels"}, {"labels": []}),
        two({"op": 1, "t": "#labels"}, {"seq": 0, "labels": []}),
        two({"op": 1, "t": "#labels"}, {"seq": True, "labels": []}),
        two({"op": "1"}, {}),
        two({"op": 1, "t": "#labels"}, {"seq": 1, "labels": {}}),
    ],
    ids=lambda frame: frame.hex()[:40],
)
def test_what_is_no_message_ends_the_stream(frame):
    with pytest.raises(BadFraming):
        decode_message(frame)


def test_a_secret_key_is_read_in_hex_and_in_multibase_and_shown_in_neither():
    secret = bytes(range(1, 33))
    multibase = libipld.encode_multibase("z", b"\x81\x26" + secret)
    public = {read_signer(text).public for text in (secret.hex(), multibase)}
    assert public == {Signer(secret).public}
    assert secret.hex() not in repr(Signer(secret)) and multibase not in repr(Signer(secret))
    assert parse_did_key(repr(Signer(secret))[7:-1]) in public
    assert read_signer("") is None


@pytest.mark.parametrize("text", ["x", "ab" * 31, "00" * 32, "ff" * 32, "z" + "1" * 48])
def test_what_is_no_secret_key_is_refused_and_not_repeated(text):
    with pytest.raises(ValueError, match="no secret key") as error:
        read_signer(text)
    assert text == "x" or text not in str(error.value)
    assert error.value.__suppress_context__
