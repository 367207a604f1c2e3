"""CBOR is stepped over whatever the widths of its heads, and never without end."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.errors import BadFraming
from indexer.protocol.scan import MOST_ENTRIES, MOST_ITEMS, entries, integer, text

SEQ = frozenset((b"seq",))


def behind(value: bytes) -> tuple[dict[bytes, int], int]:
    """What is found in a map whose wanted entry stands behind this value."""
    data = b"\xa2\x61a" + value + b"\x63seq\x07"
    found, end = entries(data, 0, SEQ)
    assert end == len(data)
    assert integer(data, found.get(b"seq")) == 7
    return found, end


@pytest.mark.parametrize(
    "value",
    [
        b"\x17",
        b"\x18\x63",
        b"\x19\x63s",
        b"\x1a\x63seq",
        b"\x1b\x63seq\x07\x63se",
        b"\x38\x63",
        b"\x43seq",
        b"\x58\x03seq",
        b"\x59\x00\x03seq",
        b"\x5a\x00\x00\x00\x03seq",
        b"\x7b\x00\x00\x00\x00\x00\x00\x00\x03seq",
        b"\x78\x04\x63seq",
        b"\x82\x01\x02",
        b"\x98\x02\x01\x02",
        b"\xb9\x00\x01\x63seq\x08",
        b"\xa1\x63seq\xa1\x63seq\x08",
        b"\xd8\x2a\x42\x00\x01",
        b"\xc1\x01",
        b"\xf4",
        b"\xf6",
        b"\xf8\x63",
        b"\xfb\x63seq\x07\x63se",
    ],
)
def test_a_value_of_any_kind_and_width_is_stepped_over(value: bytes) -> None:
    behind(value)


@given(st.recursive(st.integers(-99, 99) | st.text() | st.binary(), st.lists, max_leaves=30))
def test_any_value_is_stepped_over(value: object) -> None:
    behind(cbor2.dumps(value))


@pytest.mark.parametrize("value", [b"\x1c", b"\x5f\x41a\xff", b"\x9f\xff", b"\xbf\xff", b"\xff"])
def test_what_has_no_definite_length_is_refused(value: bytes) -> None:
    with pytest.raises(BadFraming):
        behind(value)


def test_entries_and_items_are_counted() -> None:
    behind(b"\x9a" + (MOST_ITEMS - 1).to_bytes(4, "big") + b"\0" * (MOST_ITEMS - 1))
    with pytest.raises(BadFraming, match="items"):
        behind(b"\x9a" + MOST_ITEMS.to_bytes(4, "big") + b"\0" * MOST_ITEMS)
    with pytest.raises(BadFraming, match="items"):
        entries(b"\xa2" + (b"\x61a\x99\xc0\x00" + b"\0" * 0xC000) * 2, 0, SEQ)
    fields = [b"\x62%02x\0" % n for n in range(MOST_ENTRIES)]
    entries(b"\xb9" + MOST_ENTRIES.to_bytes(2, "big") + b"".join(fields), 0, SEQ)
    with pytest.raises(BadFraming, match="entries"):
        entries(b"\xb9" + (MOST_ENTRIES + 1).to_bytes(2, "big"), 0, SEQ)


def test_values_are_read_as_what_they_are() -> None:
    for value in (0, 23, 24, 1 << 16, (1 << 64) - 1, -1, -24, -(1 << 32)):
        assert integer(cbor2.dumps(value), 0) == value
    for value in ("", "a", "ä" * 20, "x" * 300):
        assert text(cbor2.dumps(value), 0) == value
    assert integer(cbor2.dumps("7"), 0) is None
    assert text(cbor2.dumps(b"7"), 0) is None
    assert integer(b"", None) is None
    assert text(b"", None) is None
