"""DAG-CBOR in pure Python: what the native decoder reads it reads alike, and it takes no harm."""

import cbor2
import libipld
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.protocol.drisl import DEEPEST, MOST_ITEMS, Link, decode
from indexer.protocol.errors import Invalid

CID = bytes.fromhex("01711220") + bytes(32)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=60)
@given(st.lists(VALUES, max_size=3))
def test_what_a_writer_of_dag_cbor_writes_is_read(values):
    assert decode(b"".join(cbor2.dumps(value, canonical=True) for value in values)) == values


@settings(max_examples=150)
@given(st.binary(max_size=40))
def test_no_bytes_raise_anything_but_invalid_and_what_is_read_can_be_written(
    data,
):
    try:
        values = decode(data)
    except Invalid:
        return
    assert [libipld.decode_dag_cbor(libipld.encode_dag_cbor(value)) for value in values] == values


def test_a_link_is_told_from_bytes():
    (found,) = decode(cbor2.dumps(cbor2.CBORTag(42, b"\0" + CID)))
    assert isinstance(found, Link) and found == CID


@pytest.mark.parametrize(
    "data",
    [
        *(bytes.fromhex(text) for text in "1817 190001 1b00000000ffffffff 5f4100ff 9f00ff".split()),
        *(
            bytes.fromhex(text)
            for text in "f7 f4f9 fb3ff8000000000000 c100 d82a00 d82a4101".split()
        ),
        *(bytes.fromhex(text) for text in "a10000 a2616100616100 61ff 6261".split()),
        b"\x9b" + b"\xff" * 8,
        b"\x5b" + b"\x7f" * 8,
        b"\xbb" + b"\x7f" * 8,
        b"\x81" * (DEEPEST + 2) + b"\0",
        b"\x81" * 100_000,
        b"\x9a" + (MOST_ITEMS + 1).to_bytes(4, "big") + bytes(MOST_ITEMS + 1),
    ],
    ids=lambda data: data[:12].hex(),
)
def test_what_is_no_dag_cbor_is_refused(data):
    with pytest.raises(Invalid, match="bad_cbor"):
        decode(data)
