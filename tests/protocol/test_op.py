"""A record's fields are read as the types they must have, or refused by name."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import libipld
import pytest

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op, StrongRef, strong_ref
from indexer.protocol.syntax import LONGEST_DID, LONGEST_KEY, AtUri, cid_text
from tests.frames import DID, RAW, REV, encode, link

URI = AtUri(f"at://{DID}/app.bsky.feed.post/3lmxjza3nva27")
BLOB = RAW + bytes(32)
CID = cid_text(BLOB)
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
REF = {"uri": URI, "cid": CID, "extra": 1}


def op(**record: Any) -> Op:
    block = encode(record)
    return Op("create", URI, CID, libipld.decode_dag_cbor(block), block, REV, 1, NOW)


def test_the_author_is_in_the_uri() -> None:
    assert op().did == DID


@pytest.mark.parametrize(
    "claim", [None, 7, "yesterday", "2026-01-01T00:00:00", "0000-01-01T00:00:00Z"]
)
def test_what_was_made_at_no_time_was_made_on_arrival(claim: object) -> None:
    assert op(createdAt=claim).created_at == NOW
    assert op().created_at == NOW


def test_a_record_from_the_future_is_sorted_by_its_arrival() -> None:
    early, late = NOW - timedelta(days=1), NOW + timedelta(days=1)
    assert op(createdAt=late.isoformat()).created_at == late
    assert op(createdAt=late.isoformat()).sort_at == NOW
    assert op(createdAt=early.isoformat()).sort_at == early


def test_text_is_stored_without_nul() -> None:
    assert op(text="a\0b").text("text") == "a\ufffdb"
    assert op(text="a\0b").maybe_text("text") == "a\ufffdb"
    assert op(tags=["a\0"]).strings("tags") == ["a\ufffd"]


def test_what_is_absent_or_null_may_be_so() -> None:
    for empty in (op(), op(field=None)):
        assert empty.maybe_text("field") is None
        assert empty.maybe_ref("field") is None
        assert empty.ref_json("field") is None
        assert empty.maybe_object("field") is None
        assert empty.blob("field") is None
        assert empty.strings("field") is None
        assert empty.objects("field") is None


def test_a_reference_is_a_uri_and_a_cid() -> None:
    record = op(subject=REF)
    assert record.ref("subject") == StrongRef(URI, CID)
    assert record.maybe_ref("subject") == StrongRef(URI, CID)
    assert json.loads(record.ref_json("subject") or "") == {"uri": URI, "cid": CID}
    assert strong_ref({"parent": REF}, "reply.parent") == StrongRef(URI, CID)


def test_uris_and_dids_are_checked() -> None:
    assert op(list=URI).uri_of("list") == URI
    assert op(subject=DID).did_of("subject") == DID


def test_a_blob_is_known_in_both_its_forms() -> None:
    new = {"$type": "blob", "ref": link(BLOB), "mimeType": "image/png", "size": 1}
    assert op(avatar=new).blob("avatar") == CID
    assert op(avatar={"cid": CID, "mimeType": "image/png"}).blob("avatar") == CID


def test_lists_have_elements_of_one_type() -> None:
    assert op(langs=["en", "de"]).strings("langs") == ["en", "de"]
    assert op(facets=[{"a": 1}]).objects("facets") == [{"a": 1}]
    assert op(facets=[]).objects("facets") == []
    assert op(embed={"a": 1}).maybe_object("embed") == {"a": 1}


@pytest.mark.parametrize(
    ("method", "field", "value", "named"),
    [
        ("text", "text", None, "text: missing"),
        ("text", "text", 7, "text: int, not str"),
        ("maybe_text", "text", [], "text: list, not str"),
        ("ref", "subject", None, "subject: missing"),
        ("ref", "subject", URI, "subject: str, not dict"),
        ("ref", "subject", {"cid": CID}, "subject.uri: no URI"),
        ("ref", "subject", {"uri": f"at://{DID}", "cid": CID}, "subject.uri: no URI"),
        ("ref", "subject", {"uri": URI}, "subject.cid: missing"),
        ("ref", "subject", {"uri": URI, "cid": "a\0b"}, "subject.cid: no CID"),
        ("ref", "subject", {"uri": URI, "cid": link(BLOB)}, "subject.cid: bytes, not str"),
        ("maybe_ref", "via", {}, "via.uri: no URI"),
        ("uri_of", "list", None, "list: no URI"),
        ("did_of", "subject", None, "subject: missing"),
        ("did_of", "subject", "alice.test", "subject: no DID"),
        ("blob", "avatar", "a", "avatar: no blob"),
        ("blob", "avatar", {"cid": "\0"}, "avatar: no blob"),
        ("blob", "avatar", {"ref": b"no CID"}, "avatar: no CID"),
        ("strings", "langs", "en", "langs: str, not list"),
        ("strings", "langs", ["en", 7], "an element of langs: int, not str"),
        ("objects", "facets", [None], "an element of facets: missing"),
        ("maybe_object", "embed", [], "embed: list, not dict"),
    ],
)
def test_a_field_of_another_type_is_refused_by_name(
    method: str, field: str, value: object, named: str
) -> None:
    with pytest.raises(Invalid) as refused:
        getattr(op(**{field: value}), method)(field)
    assert refused.value.reason == "bad_record"
    assert refused.value.detail.startswith(named)


def test_what_is_looked_up_by_has_a_length_that_an_index_can_hold() -> None:
    long, post = "did:web:" + "a" * (LONGEST_DID - 8), "app.bsky.feed.post/a"
    assert op(subject=long).did_of("subject") == long
    assert op(list=f"at://{long}/{post}").uri_of("list").did == long
    assert op(purpose="a" * LONGEST_KEY).key("purpose")
    for record, method in (
        (op(field=long + "a"), "did_of"),
        (op(field=f"at://{long}a/{post}"), "uri_of"),
        (op(field="é" * LONGEST_KEY), "key"),
    ):
        with pytest.raises(Invalid) as refused:
            getattr(record, method)("field")
        assert refused.value.reason == "too_big"
        assert refused.value.detail.startswith("field: ")


def test_json_is_that_of_the_record() -> None:
    record = op(avatar={"ref": link(BLOB)}, text="a\0b")
    assert json.loads(record.record_json) == {"avatar": {"ref": {"$link": CID}}, "text": "a\ufffdb"}
    assert json.loads(record.json(record.record["avatar"])) == {"ref": {"$link": CID}}
    assert record.json(None) is None
    assert record.json([]) == "[]"
