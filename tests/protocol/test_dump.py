"""A capture reads back as it was written, whatever the pieces; damage is named with its place."""

from pathlib import Path

import cbor2
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from indexer.protocol.dump import LARGEST_FRAME, EntryDecoder, encode_entry
from indexer.protocol.errors import Invalid

ENTRIES = [(0, b""), (1_760_000_000_000_000, b"a" * 5400), (24, b"b" * 70_000), (255, b"c" * 23)]


def decode(data: bytes, piece: int = 1 << 20) -> list[tuple[int, bytes]]:
    decoder = EntryDecoder()
    found = [
        entry
        for start in range(0, len(data), piece)
        for entry in decoder.feed(data[start : start + piece])
    ]
    decoder.close()
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        decode(data)
    assert refused.value.reason == "bad_dump"
    return refused.value.detail


@pytest.mark.parametrize("piece", [1, 7, 4096, 1 << 20])
def test_entries_read_back_whatever_the_pieces(piece: int) -> None:
    assert decode(b"".join(encode_entry(*entry) for entry in ENTRIES), piece) == ENTRIES


@given(
    st.lists(st.tuples(st.integers(0, 2**63 - 1), st.binary(max_size=300))),
    st.integers(1, 700),
)
def test_any_entries_read_back(entries: list[tuple[int, bytes]], piece: int) -> None:
    assert decode(b"".join(encode_entry(*entry) for entry in entries), piece) == entries


def test_an_entry_is_what_any_cbor_library_writes() -> None:
    for received_at_us, frame in ENTRIES:
        assert encode_entry(received_at_us, frame) == cbor2.dumps([received_at_us, frame])


def test_lengths_may_be_wider_than_they_need_be() -> None:
    wide = b"\x82\x1b" + bytes(7) + b"\x05" + b"\x5b" + bytes(7) + b"\x02hi"
    assert decode(wide) == [(5, b"hi")]


def test_a_file_that_stops_inside_an_entry_is_truncated() -> None:
    whole = encode_entry(*ENTRIES[1])
    for length in (1, 5, 12, 13, 14, len(whole) - 1):
        left = f"{length} bytes of an entry at byte {len(whole)}"
        assert refusal(whole + whole[:length]) == f"truncated: {left}"


def test_damage_is_named_with_its_place() -> None:
    good = encode_entry(*ENTRIES[1])
    at = len(good)
    assert refusal(good + b"\x83\x01\x41a") == f"not an array of two at byte {at}"
    assert refusal(good + b"\x9f") == f"not an array of two at byte {at}"
    assert refusal(good + b"\x82\x20\x41a") == f"not a time at byte {at + 1}"
    assert refusal(good + b"\x82\x01\x61a") == f"not the bytes of a frame at byte {at + 2}"
    assert refusal(good + b"\x82\x01\x5f\x41a\xff") == f"not the bytes of a frame at byte {at + 2}"


def test_a_length_beyond_any_frame_is_not_waited_for() -> None:
    entry = b"\x82\x01\x5a" + (LARGEST_FRAME + 1).to_bytes(4, "big")
    assert refusal(entry).startswith(f"{LARGEST_FRAME + 1} is more than")


def test_what_stands_before_the_damage_is_given_first() -> None:
    decoder = EntryDecoder()
    entries = decoder.feed(encode_entry(1, b"a") + encode_entry(2, b"b") + b"\x00")
    assert [next(entries), next(entries)] == [(1, b"a"), (2, b"b")]
    with pytest.raises(Invalid):
        next(entries)


def test_entries_nobody_took_are_given_with_the_next() -> None:
    decoder = EntryDecoder()
    decoder.feed(encode_entry(1, b"a"))
    assert list(decoder.feed(encode_entry(2, b"b"))) == [(1, b"a"), (2, b"b")]
    assert decoder.offset == 2 * len(encode_entry(1, b"a"))


def test_the_captures_of_the_corpus_read_whole(corpus: Path) -> None:
    for name, frames in (("devnet", 3958), ("relay", 150)):
        with zstd.open(corpus / name / "frames.cborseq.zst") as file:
            data = file.read()
        entries = decode(data, 100_000)
        assert len(entries) == frames
        assert b"".join(encode_entry(*entry) for entry in entries) == data
