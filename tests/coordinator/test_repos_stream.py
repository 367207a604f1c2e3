"""A CAR that comes in pieces gives what it gives as a whole."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.coordinator.repos.stream import MOST_BLOCK_BYTES, CarReader
from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from tests.frames import RAW, car, cid_of

SMALL, MEDIUM, LARGE = b"\xa0", b"b" * 300, b"c" * 70_000
BLOCKS = {cid_of(SMALL): SMALL, cid_of(MEDIUM, RAW): MEDIUM, cid_of(LARGE): LARGE}
WHOLE = car(BLOCKS)


def read(*pieces: bytes) -> tuple[bytes | None, dict[bytes, bytes]]:
    reader = CarReader()
    blocks = dict(found for piece in pieces for found in reader.feed(piece))
    reader.close()
    return reader.root, blocks


def refusal(*pieces: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        read(*pieces)
    return caught.value.reason


@given(st.lists(st.integers(0, len(WHOLE)) | st.integers(0, 500), max_size=12))
@settings(max_examples=100, deadline=None)
def test_wherever_it_is_cut_it_reads_the_same(cuts: list[int]) -> None:
    ends = [0, *sorted(cuts), len(WHOLE)]
    pieces = [WHOLE[start:end] for start, end in pairwise(ends)]
    roots, blocks = read_car(WHOLE)
    assert read(*pieces) == (roots[0], blocks)


def test_it_may_come_byte_by_byte() -> None:
    data = car({cid_of(SMALL): SMALL, cid_of(MEDIUM): MEDIUM})
    assert read(*(data[at : at + 1] for at in range(len(data))))[1] == read_car(data)[1]


def test_a_file_that_ends_early_is_refused() -> None:
    between = {len(car(dict(list(BLOCKS.items())[:n]), roots=[cid_of(SMALL)])) for n in range(4)}
    for end in (*range(450), len(WHOLE) - 1):
        if end not in between:
            assert refusal(WHOLE[:end]) == "bad_car"


def test_every_block_is_held_against_its_cid() -> None:
    for block in (SMALL, MEDIUM, LARGE):
        at = WHOLE.rindex(block)
        assert refusal(WHOLE[:at] + b"X" + WHOLE[at + 1 :]) == "wrong_hash"


@pytest.mark.parametrize(
    "length", [b"\xff\xff\xff\xff", b"\x80\x80\x80\x80\x01", b"\xff\xff\xff\x7f"]
)
def test_a_block_that_would_be_too_large_is_refused_before_it_comes(length: bytes) -> None:
    assert refusal(length) == "bad_car"
    assert refusal(WHOLE + length) == "bad_car"


def test_the_largest_block_is_taken() -> None:
    block = bytes(MOST_BLOCK_BYTES)
    assert read(car({cid_of(block): block}))[1] == {cid_of(block): block}
