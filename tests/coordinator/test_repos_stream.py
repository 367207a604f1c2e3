"""CARs come in pieces of any size, and what is none is refused; what differs is cut into frames."""

import random

import pytest

from indexer.coordinator.repos.parts import Telling, frames
from indexer.coordinator.repos.spool import Change, Spool
from indexer.coordinator.repos.stream import CarReader
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Part
from indexer.protocol.proof import Head
from indexer.protocol.syntax import cid_text
from indexer.protocol.synthetic import decode_synthetic
from tests.frames import DAG_CBOR, RAW, REV, TREE, car, cid_of, encode

DID = "did:plc:" + "a" * 24
LATER_US = 4_000_000_000_000_000
POST = "app.bsky.feed.post"
BLOCKS = {
    cid_of(block): block for block in (encode({"n": n, "x": "y" * (n * n)}) for n in range(60))
}


def read(data: bytes, size: int) -> tuple[bytes | None, dict[bytes, bytes]]:
    reader, found = CarReader(), {}
    for at in range(0, len(data), size):
        found |= dict(reader.feed(data[at : at + size]))
    reader.close()
    return reader.root, found


@pytest.mark.parametrize("size", [1, 7, 100, 10**6])
def test_a_car_is_read_in_pieces_of_any_size(size: int) -> None:
    assert read(car(BLOCKS), size) == (next(iter(BLOCKS)), BLOCKS)


def test_blocks_that_are_no_cbor_are_let_by() -> None:
    raw = {cid_of(b"anything", RAW): b"anything"}
    assert read(car(BLOCKS | raw), 50)[1] == BLOCKS | raw


ONE = cid_of(b"one")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "bad_car"),
        (b"<!doctype html>" * 100, "bad_car"),
        (car(BLOCKS)[:-1], "bad_car"),
        (car(BLOCKS) + b"\x80", "bad_car"),
        (car(BLOCKS) + b"\xff\xff\xff\xff\x01", "bad_car"),
        (car(BLOCKS) + b"\xff\xff\xff\x7f", "bad_car"),
        (car({ONE: b"two"}), "wrong_hash"),
        (car({ONE[:-1]: b"one"}), "wrong_hash"),
        (car(BLOCKS) + b"\x05short", "wrong_hash"),
        (car({}, roots=[]), "bad_car"),
        (b"\x01\xa0", "bad_car"),
        (b"\x02\xa2\x61", "bad_car"),
    ],
)
@pytest.mark.parametrize("size", [1, 10**6])
def test_what_is_no_car_is_refused(data: bytes, reason: str, size: int) -> None:
    with pytest.raises(Invalid) as error:
        read(data, size)
    assert error.value.reason == reason


def test_nothing_makes_it_raise_anything_else() -> None:
    chance, good = random.Random(4), car(BLOCKS)
    for _ in range(300):
        data = bytearray(good[: chance.randrange(len(good))])
        for _ in range(chance.randrange(3)):
            data[chance.randrange(len(data) or 1) : chance.randrange(90)] = chance.randbytes(2)
        try:
            read(bytes(data), 997)
        except Invalid:
            continue


def changes(count: int, size: int) -> list[Change]:
    return [
        Change(f"{POST}/{n:05}", cid_of(b"%d" % n), b"%d" % n + bytes(size), False)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "size", "parts"), [(0, 0, 1), (500, 0, 1), (501, 0, 2), (5, 600_000, 5)]
)
def test_parts_are_bounded_and_there_is_always_a_last_one(
    count: int, size: int, parts: int
) -> None:
    made = list(frames(DID, 7, Head(REV, TREE), changes(count, size), Telling(False, None)))
    decoded = [decode_synthetic(frame, LATER_US) for _, frame in made]
    found = [part for part in decoded if isinstance(part, Part)]
    assert [part.number for part in found] == [n for n, _ in made] == list(range(1, parts + 1))
    assert [part.last for part in found] == [False] * (parts - 1) + [True]
    assert sum(len(part.ops) + len(part.refused) for part in found) == count
    assert {(part.rev, part.data, part.token) for part in found} == {(REV, TREE, 7)}


def test_what_differs_is_found_in_the_order_of_paths() -> None:
    spool = Spool()
    records = {f"{POST}/{key}": encode({"key": key}) for key in "abcd"}
    spool.add_blocks((cid_of(block), block) for block in records.values())
    spool.add_theirs((path, cid_of(block)) for path, block in records.items())
    same = {path: cid_text(cid_of(records[path])) for path in (f"{POST}/b", f"{POST}/d")}
    spool.add_ours([*same.items(), (f"{POST}/c", "another"), (f"{POST}/aa", "gone")])
    spool.add_ours([("no path", "x"), (f"{POST}/", "x")])
    found = [
        (change.path[-2:], change.cid is not None, change.stored) for change in spool.changes()
    ]
    assert found == [("/a", True, False), ("aa", False, True), ("/c", True, True)]
    assert spool.missing() is None
    spool.add_theirs([(f"{POST}/e", DAG_CBOR + bytes(32))])
    assert spool.missing() == f"{POST}/e"
    assert spool.block(DAG_CBOR + bytes(32)) is None
    spool.close()
