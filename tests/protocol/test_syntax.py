"""Identifiers are told from what only looks like them, by the interoperability vectors."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import (
    AtUri,
    at_uri,
    cid_text,
    clean,
    is_cid,
    is_did,
    is_handle,
    is_nsid,
    is_rkey,
    is_tid,
    parse_datetime,
    shown,
    tid_time,
    tid_us,
)

URI = "at://did:plc:44ybard66vv44zksje25o7dz/app.bsky.feed.post/3lmxjza3nva27"
CHECKS: dict[str, Callable[[str], bool]] = {
    "did": is_did,
    "handle": is_handle,
    "nsid": is_nsid,
    "recordkey": is_rkey,
    "tid": is_tid,
    "cid": is_cid,
}


def vectors(corpus: Path, name: str) -> list[str]:
    lines = (corpus / "interop" / "syntax" / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def names_a_record(text: str) -> bool:
    try:
        return at_uri(text) == text
    except Invalid:
        return False


@pytest.mark.parametrize("kind", CHECKS)
def test_what_the_vectors_call_valid_is_taken(kind: str, corpus: Path) -> None:
    assert [
        text for text in vectors(corpus, f"{kind}_syntax_valid") if not CHECKS[kind](text)
    ] == []


@pytest.mark.parametrize("kind", CHECKS)
def test_what_the_vectors_call_invalid_is_refused(kind: str, corpus: Path) -> None:
    assert [text for text in vectors(corpus, f"{kind}_syntax_invalid") if CHECKS[kind](text)] == []


def test_of_the_valid_uris_those_of_records_are_taken(corpus: Path) -> None:
    """An authority or a collection alone is a valid URI, too, but one of no record."""
    valid = vectors(corpus, "aturi_syntax_valid")
    assert [uri for uri in valid if names_a_record(uri) != (uri.count("/") == 4)] == []


def test_no_invalid_uri_is_taken(corpus: Path) -> None:
    invalid = vectors(corpus, "aturi_syntax_invalid")
    assert [uri for uri in invalid if names_a_record(uri)] == []


def test_every_valid_datetime_of_the_common_era_is_read(corpus: Path) -> None:
    valid = vectors(corpus, "datetime_syntax_valid")
    assert [text for text in valid if parse_datetime(text) is None] == ["0000-01-01T00:00:00.000Z"]


@pytest.mark.parametrize("name", ["datetime_syntax_invalid", "datetime_parse_invalid"])
def test_no_invalid_datetime_is_read(name: str, corpus: Path) -> None:
    assert [text for text in vectors(corpus, name) if parse_datetime(text) is not None] == []


@pytest.mark.parametrize(
    ("check", "valid", "invalid"),
    [
        (is_did, "did:web:example.com", "did:web:example.com:"),
        (is_did, "did:plc:" + "a" * 2040, "did:plc:" + "a" * 2041),
        (is_handle, "alice.test", "alice"),
        (is_nsid, "app.bsky.feed.post", "app.bsky"),
        (is_rkey, "self", ".."),
        (is_rkey, "...", "a/b"),
        (is_tid, "3jzfcijpj2z2a", "kjzfcijpj2z2a"),
        (is_cid, "bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a", "bafy\0reid"),
    ],
)
def test_a_check_tells_right_from_wrong(
    check: Callable[[str], bool], valid: str, invalid: str
) -> None:
    assert check(valid)
    assert not check(invalid)
    assert not check(valid + "\n")
    assert not check("")


def test_a_uri_is_taken_apart() -> None:
    uri = at_uri(URI)
    assert uri.did == "did:plc:44ybard66vv44zksje25o7dz"
    assert uri.collection == "app.bsky.feed.post"
    assert uri.rkey == "3lmxjza3nva27"
    assert uri.sibling("app.bsky.feed.threadgate") == URI.replace("feed.post", "feed.threadgate")


AUTHORITIES = ["did:web:a.b", "did:web:a:", "alice.test", "a", f"did:web:{'a' * 250}"]
COLLECTIONS = ["a.b.c", "a.b", "a.b.c-d", f"{'a.' * 157}abc", f"{'a.' * 158}a"]
RKEYS = ["self", ".", "...", "a" * 512, "a" * 513]


@given(
    st.sampled_from(AUTHORITIES) | st.from_regex(r"(did:[a-z]*:)?[a-zA-Z0-9._:%-]*[^ ]?"),
    st.sampled_from(COLLECTIONS) | st.from_regex(r"\A[a-z.-]*.?"),
    st.sampled_from(RKEYS) | st.from_regex(r"\A[a-z.]*.?"),
)
def test_a_uri_names_a_record_just_when_its_parts_are_right(
    authority: str, nsid: str, rkey: str
) -> None:
    known = is_did(authority) or is_handle(authority)
    uri = f"at://{authority}/{nsid}/{rkey}"
    assert names_a_record(uri) == (known and is_nsid(nsid) and is_rkey(rkey))


def test_the_authority_of_a_uri_may_be_a_handle() -> None:
    assert at_uri("at://alice.test/app.bsky.feed.post/a").did == "alice.test"


@pytest.mark.parametrize("value", [None, 7, b"at://", [], URI + "/x", URI + "#a", "http" + URI[2:]])
def test_what_names_no_record_is_refused(value: object) -> None:
    with pytest.raises(Invalid, match="no URI of a record") as refused:
        at_uri(value)
    assert refused.value.reason == "bad_record"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-02T03:04:05.678+02:00", datetime(2026, 1, 2, 1, 4, 5, 678000, UTC)),
        ("2026-01-01T00:30:00-07:00", datetime(2026, 1, 1, 7, 30, 0, 0, UTC)),
        ("2026-01-02T03:04:05.123456789Z", datetime(2026, 1, 2, 3, 4, 5, 123456, UTC)),
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, 0, UTC)),
    ],
)
def test_an_offset_is_converted(text: str, utc: datetime) -> None:
    parsed = parse_datetime(text)
    assert parsed == utc
    assert parsed is not None
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        None,
        1700000000,
        "",
        "2026-01-02T03:04:05",
        "2026-01-02",
        "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05z",
        "2026-01-02t03:04:05Z",
        "2026-01-02T24:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-02T03:04:05-00:00",
        "2026-01-02T03:04:05+24:00",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "٢٠٢٦-01-02T03:04:05Z",
    ],
)
def test_what_cannot_be_read_is_no_datetime(value: object) -> None:
    assert parse_datetime(value) is None


def test_no_datetime_is_taken_for_infinity() -> None:
    zero = parse_datetime("0001-01-01T00:00:00Z")
    last = parse_datetime("9999-12-31T23:59:59.999999999Z")
    assert zero == datetime(1, 1, 1, 0, 0, 0, 1, UTC)
    assert last == datetime(9999, 12, 31, 23, 59, 59, 999998, UTC)
    assert parse_datetime("0001-01-01T00:00:01Z") == datetime(1, 1, 1, 0, 0, 1, 0, UTC)


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"))
@example("2026-01-02T03:04:05." + "9" * 5000 + "Z")
def test_reading_a_datetime_never_fails(text: str) -> None:
    parsed = parse_datetime(text)
    assert parsed is None or parsed.tzinfo is UTC


@given(st.text())
@example("3jzfcijpj2z2a")
def test_a_tid_tells_its_time(text: str) -> None:
    if is_tid(text):
        assert tid_time(text).timestamp() == pytest.approx(tid_us(text) / 1e6, abs=1e-3)


def test_a_revision_was_made_just_before_its_frame() -> None:
    frame_time = datetime(2026, 7, 4, 14, 38, 7, 517000, UTC)  # of a real relay, for this rev
    assert 0 < (frame_time - tid_time("3mptbypluud2a")).total_seconds() < 5


def test_the_first_and_the_last_tid_have_a_time() -> None:
    assert tid_us("2222222222222") == 0
    assert tid_us("jzzzzzzzzzzzz") == (1 << 54) - 1
    assert tid_time("jzzzzzzzzzzzz").year == 2540


def test_a_cid_is_shown_in_base32() -> None:
    assert cid_text(bytes.fromhex("01551220") + bytes(32)).startswith("bafkreiaaaa")
    with pytest.raises(ValueError, match="CID"):
        cid_text(b"none")


def test_nul_is_replaced() -> None:
    assert clean("a\0b") == "a\ufffdb"
    assert clean("ab") == "ab"


def test_an_error_shows_anything_in_bounds() -> None:
    for value in ("x" * 9999, b"x" * 9999, ["x" * 9999], None):
        assert len(shown(value)) < 320


def test_a_uri_is_a_text() -> None:
    assert isinstance(at_uri(URI), AtUri)
    assert at_uri(URI) == URI
