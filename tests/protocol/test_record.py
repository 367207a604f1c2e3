"""A record's block is decoded if it keeps to the data model, else refused with its reason."""

from contextlib import suppress
from typing import Any

import cbor2
import libipld
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link, Octets
from indexer.protocol.record import DEEPEST, MOST_BYTES, decode_record
from tests.frames import TREE, encode, link

TYPE = "com.example.thing"


def block_of(**fields: Any) -> bytes:
    return encode({"$type": TYPE, **fields})


def refusal(block: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        decode_record(block, TYPE)
    return refused.value


def nested(depth: int, innermost: Any = 0) -> Any:
    """The record around it is one level more."""
    value = innermost
    for level in range(depth - 1):
        value = [value] if level % 2 else {"x": value}
    return value


def test_a_record_is_decoded() -> None:
    record = {"$type": TYPE, "n": -(1 << 63), "m": (1 << 63) - 1, "t": "text", "l": [None, True]}
    assert decode_record(encode(record), TYPE) == record


def test_links_are_bytes() -> None:
    record = decode_record(block_of(link=link(TREE)), TYPE)
    assert type(record["link"]) is bytes
    assert record["link"] == TREE


def test_links_are_marked_where_bytes_look_the_same() -> None:
    record = decode_record(block_of(link=link(TREE), bytes=TREE), TYPE)
    assert type(record["link"]) is Link
    assert type(record["bytes"]) is Octets
    assert record["link"] == record["bytes"]


@pytest.mark.parametrize("claimed", [None, 7, "com.example.Thing", "com.example.thing#main", ""])
def test_a_record_of_another_type_is_refused(claimed: object) -> None:
    assert refusal(encode({"$type": claimed})).reason == "type_mismatch"


def test_a_record_without_a_type_is_refused() -> None:
    assert refusal(encode({})).reason == "type_mismatch"


@pytest.mark.parametrize("value", [[], "text", 7, None, b"bytes", link(TREE)])
def test_what_is_no_map_is_refused(value: object) -> None:
    assert refusal(cbor2.dumps(value)).reason == "bad_record"


@pytest.mark.parametrize(
    "value", [1 << 63, -(1 << 63) - 1, (1 << 64) - 1, 1.5, 1.0, [{"deep": 0.5}]]
)
def test_numbers_outside_the_data_model_are_refused(value: object) -> None:
    block = libipld.encode_dag_cbor({"$type": TYPE, "number": value})
    assert refusal(block).reason == "bad_record"


def test_nesting_has_an_end() -> None:
    assert decode_record(block_of(deep=nested(DEEPEST)), TYPE)
    for depth in (DEEPEST + 1, 100):
        assert refusal(block_of(deep=nested(depth))).reason == "bad_record"


@pytest.mark.parametrize("head", [b"\x81", b"\xa1\x61x", b"\xd8\x2a"])
def test_nesting_without_end_is_refused(head: bytes) -> None:
    block = b"\xa1\x65$type" + head * 200_000 + b"\0"
    assert refusal(block).reason == "bad_record"


def test_a_record_may_be_so_large_and_no_larger() -> None:
    fill = MOST_BYTES - len(block_of(text=" " * 70_000)) + 70_000
    assert len(decode_record(block_of(text=" " * fill), TYPE)["text"]) == fill
    assert refusal(block_of(text=" " * (fill + 1))).reason == "too_big"


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\xa2" + encode({"$type": TYPE})[1:],
        encode({"$type": TYPE}) + b"\0",
        b"\xa2\x61b\0\x61a\0",  # keys out of order
        b"\xa2\x61a\0\x61a\0",  # the same key twice
        b"\xbf\xff",  # of indefinite length
        b"\xa1\x61a\x61\xff",  # no UTF-8
        b"\xa1\x61a\xf7",  # undefined
        b"\xa1\x61a\xc1\x00",  # another tag
    ],
)
def test_what_is_no_dag_cbor_is_refused(block: bytes) -> None:
    assert refusal(block).reason == "bad_record"


@given(st.binary() | st.binary().map(lambda tail: b"\xa2\x65$type\x71com.example.thing" + tail))
def test_no_bytes_raise_anything_but_invalid(block: bytes) -> None:
    with suppress(Invalid):
        assert decode_record(block, TYPE)["$type"] == TYPE
