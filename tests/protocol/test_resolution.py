"""Where to ask who somebody is, and what an answer says, if anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.resolution import (
    did_of_body,
    did_of_txt,
    document_url,
    is_allowed,
    txt_name,
    well_known_url,
)
from indexer.protocol.syntax import is_did
from tests.frames import DID

PLC = "https://plc.directory"
OTHER = "did:web:example.com"


@pytest.mark.parametrize(
    ("did", "url"),
    [
        (DID, f"{PLC}/{DID}"),
        ("did:web:alice.dev", "https://alice.dev/.well-known/did.json"),
        ("did:web:Alice.Dev", "https://alice.dev/.well-known/did.json"),
        ("did:web:xn--bcher-kva.ch", "https://xn--bcher-kva.ch/.well-known/did.json"),
    ],
)
def test_a_did_tells_where_its_document_is(did: str, url: str) -> None:
    assert document_url(did, PLC) == document_url(did, f"{PLC}/") == url


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:alice.test", "https://alice.test/.well-known/did.json"),
        ("did:web:localhost", "http://localhost/.well-known/did.json"),
        ("did:web:localhost%3A3000", "http://localhost:3000/.well-known/did.json"),
        ("did:web:localhost%3a3000", "http://localhost:3000/.well-known/did.json"),
    ],
)
def test_some_documents_are_for_developers_alone(did: str, url: str) -> None:
    assert document_url(did, PLC, development=True) == url
    with pytest.raises(Invalid, match="bad_did"):
        document_url(did, PLC)


@pytest.mark.parametrize(
    "did",
    [
        *(
            "",
            "did:",
            "did:plc:",
            "did:web:",
            "plc",
            "DID:PLC:" + DID[8:],
            "did:key:zQ3sh",
            "did:x:y",
        ),
        *(
            DID[:-1],
            DID + "a",
            DID + "\n",
            DID.upper(),
            DID[:-1] + "1",
            DID[:-1] + "/",
            DID + "/log",
        ),
        *("did:web:alice.dev:bob", "did:web:alice.dev%3A443", "did:web:alice.dev%2Fbob"),
        *("did:web:alice.dev/bob", "did:web:alice.dev?a", "did:web:alice.dev#a", "did:web:a@b.dev"),
        *(
            "did:web:dev",
            "did:web:alice.dev.",
            "did:web:alice.dev\n",
            "did:web:.dev",
            "did:web:a b.dev",
        ),
        *("did:web:127.0.0.1", "did:web:10.1", "did:web:2130706433", "did:web:%5B%3A%3A1%5D"),
        *("did:web:localhost%3A", "did:web:localhost%3A123456", "did:web:localhost:3000"),
        *("did:web:localhost%3A3000%2Fa", "did:web:a.localhost", "did:web:printer.local"),
        *(
            "did:web:metadata.google.internal",
            "did:web:alice.ONION",
            "did:web:" + "a." * 130 + "dev",
        ),
    ],
)
def test_a_did_of_no_known_kind_has_no_document(did: str) -> None:
    for development in (False, True):
        with pytest.raises(Invalid) as refused:
            document_url(did, PLC, development)
        assert refused.value.reason == "bad_did"


@pytest.mark.parametrize(
    "top", ["alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion", "LOCAL"]
)
def test_some_names_are_nobodys(top: str) -> None:
    assert not is_allowed(f"alice.{top}")
    assert not is_allowed(f"alice.{top}", development=True)
    assert is_allowed(f"{top}.dev")
    assert is_allowed(f"alice.{top}x")


def test_test_is_for_developers() -> None:
    assert not is_allowed("alice.test")
    assert is_allowed("alice.test", development=True)


def test_what_is_no_handle_is_not_allowed() -> None:
    for text in ("", "alice", "alice.dev.", "al ice.dev", "127.0.0.1", "a@b.dev", "alice.dev:80"):
        assert not is_allowed(text, development=True)


def test_a_handle_tells_where_its_did_is() -> None:
    assert txt_name("alice.dev") == "_atproto.alice.dev"
    assert well_known_url("alice.dev") == "https://alice.dev/.well-known/atproto-did"


@pytest.mark.parametrize(
    ("values", "did"),
    [
        ([], None),
        ([f"did={DID}"], DID),
        ([f"did={DID} "], DID),
        ([f"did={DID}"] * 3, DID),
        (["v=spf1 -all", f"did={DID}", "google-site-verification=x"], DID),
        ([DID], None),
        ([f"DID={DID}"], None),
        ([f" did={DID}"], None),
        ([f'"did={DID}"'], None),
        (["did=", "did=alice", "did=did:plc", "did=\0"], None),
        (["did=alice", f"did={OTHER}"], OTHER),
        (["did=did:plc:" + "a" * 5000], None),
    ],
)
def test_records_name_a_did_or_none(values: list[str], did: str | None) -> None:
    assert did_of_txt(values) == did


def test_records_that_disagree_are_refused() -> None:
    with pytest.raises(Invalid, match="2 DIDs") as refused:
        did_of_txt([f"did={DID}", "x", f"did={OTHER}", f"did={DID}"])
    assert refused.value.reason == "bad_handle"
    with pytest.raises(Invalid) as many:
        did_of_txt(f"did=did:web:{'a' * number}.dev" for number in range(1, 1000))
    assert len(many.value.detail) < 400


@pytest.mark.parametrize(
    ("body", "did"),
    [
        (DID.encode(), DID),
        (f"  {DID}\r\n".encode(), DID),
        (f"\n{DID}\n{OTHER}\n".encode(), DID),
        (f"{DID}\n".encode() + b"\xff" * 100_000, DID),
        (b"", None),
        (b"\n\n", None),
        (f"did={DID}".encode(), None),
        (f"{DID} {OTHER}".encode(), None),
        (f'"{DID}"'.encode(), None),
        (f'{{"did": "{DID}"}}'.encode(), None),
        (f"<html>\n{DID}".encode(), None),
        (b"\xef\xbb\xbf" + DID.encode(), None),
        (DID.encode("utf-16"), None),
        (DID.encode() + b"\0", None),
        (b"did:plc:" + b"a" * 5000, None),
        (b" " * 5000 + DID.encode(), None),
    ],
)
def test_a_body_names_a_did_or_none(body: bytes, did: str | None) -> None:
    assert did_of_body(body) == did


@given(st.binary(max_size=100), st.lists(st.text().map(lambda text: f"did={text}"), max_size=1))
def test_no_answer_does_anything_else(body: bytes, values: list[str]) -> None:
    for did in (did_of_body(body), did_of_txt(values)):
        assert did is None or is_did(did)
