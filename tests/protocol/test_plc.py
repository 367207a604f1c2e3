"""A line of the directory's log says what became of a DID, or it is refused."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.identity import Document, decode_document
from indexer.protocol.plc import Change, read_line
from tests.frames import DID
from tests.keys import K256, P256

Fields = dict[str, Any]
OPERATION: Fields = {
    "type": "plc_operation",
    "verificationMethods": {"atproto": K256.did_key, "atproto_label": P256.did_key, "x": "y"},
    "rotationKeys": [P256.did_key],
    "alsoKnownAs": ["at://Alice.Example"],
    "services": {
        "atproto_pds": {"type": "AtprotoPersonalDataServer", "endpoint": "https://pds.example/"},
        "atproto_labeler": {"type": "AtprotoLabeler", "endpoint": "https://mod.example"},
    },
    "prev": None,
    "sig": "signed",
}
OLD: Fields = {
    "type": "create",
    "signingKey": K256.did_key,
    "recoveryKey": P256.did_key,
    "handle": "alice.example",
    "service": "https://pds.example",
    "prev": None,
    "sig": "signed",
}
EMPTY = Document(DID, None, None, None, None, None)
OF_OLD = Document(DID, "alice.example", "https://pds.example", K256.did_key, None, None)


def line(operation: Any, **fields: Any) -> bytes:
    entry = {"did": DID, "operation": operation, "cid": "bafy", "nullified": False}
    return orjson.dumps(entry | {"createdAt": "2023-04-05T06:07:08.900Z"} | fields)


def change(operation: Fields, **fields: Any) -> Change:
    found = read_line(line(operation, **fields))
    assert found is not None
    assert found.did == DID
    return found


def test_an_operation_says_all_that_is_so_after_it() -> None:
    found = change(OPERATION, seq=7, type="sequenced_op")
    assert found.created_at.isoformat() == "2023-04-05T06:07:08.900000+00:00"
    assert found.document == Document(
        DID,
        "alice.example",
        "https://pds.example",
        K256.did_key,
        "https://mod.example",
        P256.did_key,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"handle": "at://alice.example"},
        {"handle": "https://Alice.example"},
        {"handle": "http://alice.example"},
        {"service": "pds.example"},
        {"service": "https://pds.example/"},
    ],
)
def test_an_operation_of_old_may_leave_out_its_schemes(fields: Fields) -> None:
    assert change(OLD | fields).document == OF_OLD


def test_a_tombstone_leaves_no_document() -> None:
    tombstone = {"type": "plc_tombstone", "prev": "bafy", "sig": "signed"}
    assert change(tombstone).document is None


def test_what_is_nullified_is_nothing() -> None:
    for operation in (OPERATION, OLD, {}, None):
        assert read_line(line(operation, nullified=True)) is None


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "plc_operation"},
        {"type": "create"},
        OPERATION | {"verificationMethods": [], "services": [], "alsoKnownAs": {}},
        OPERATION | {"verificationMethods": None, "services": "x", "alsoKnownAs": "at://a.example"},
        OPERATION
        | {
            "verificationMethods": {"atproto": 7, "atproto_label": "did:key:z6MkhaXgBZDvotD"},
            "services": {"atproto_pds": "https://pds.example", "atproto_labeler": {"type": []}},
            "alsoKnownAs": [7, None, "alice.example"],
        },
        OPERATION
        | {
            "verificationMethods": {"atproto": "did:key:z" + "Q" * 50_000, "#atproto_label": "x"},
            "services": {"atproto_pds": {"type": "Other", "endpoint": "https://pds.example"}},
            "alsoKnownAs": ["at://"] * 1_000 + ["at://alice.example"],
        },
        OLD | {"signingKey": None, "handle": 7, "service": {}},
        OLD | {"signingKey": "x", "handle": "at://at://a.example", "service": "ftp://a"},
    ],
)
def test_what_cannot_be_used_is_as_if_it_were_not_there(operation: Fields) -> None:
    assert change(operation).document == EMPTY


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "bad_operation"),
        (b"{", "bad_operation"),
        (b"null", "bad_operation"),
        (b"[]", "bad_operation"),
        (b"{}", "bad_operation"),
        (b"[" * 60_000, "bad_operation"),
        (b"\xff", "bad_operation"),
        (line(OPERATION) + line(OPERATION), "bad_operation"),
        (line(OPERATION, padding=" " * 70_000), "too_big"),
        (line(None), "bad_operation"),
        (line([OPERATION]), "bad_operation"),
        (line({}), "bad_operation"),
        (line(OPERATION | {"type": "plc_merger"}), "bad_operation"),
        (line(OPERATION | {"type": ["plc_operation"]}), "bad_operation"),
        (line(OPERATION, did="did:web:example.com"), "bad_operation"),
        (line(OPERATION, did=DID + "\0"), "bad_operation"),
        (line(OPERATION, did=None), "bad_operation"),
        (line(OPERATION, createdAt=None), "bad_operation"),
        (line(OPERATION, createdAt="yesterday"), "bad_operation"),
        (line(OPERATION, createdAt=1680674828), "bad_operation"),
    ],
)
def test_what_is_no_operation_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_line(data)
    assert refused.value.reason == reason
    assert len(refused.value.detail) < 500


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_line(data)


def test_the_newest_line_says_what_the_document_says(corpus: Path) -> None:
    newest: dict[str, Change] = {}
    lines = (corpus / "devnet/plc-export.jsonl").read_bytes().splitlines()
    for data in lines:
        if found := read_line(data):
            newest[found.did] = found
    assert len(lines) == 127
    for did, found in newest.items():
        path = corpus / f"devnet/plc/{did.replace(':', '_')}.json"
        assert decode_document(path.read_bytes(), did) == found.document
    assert len(newest) > 100
