"""How arrays travel: PostgreSQL's binary form, made and read here. Pure.

The driver asks of every single element whether it is an array itself, which took more time than all
else that it does for a batch. What we send has one dimension, and elements of four types.

An array is a head, then for each element its size in bytes, or -1 for NULL, and those bytes.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, NamedTuple

HEAD = Struct(">iiiii")  # dimensions, a flag that nobody reads, elements' type, count, first index
EMPTY = Struct(">iii")  # no dimensions, and so neither count nor index
SIZE, BIGINT = Struct(">i"), Struct(">iq")
NULL = SIZE.pack(-1)
BOOLEANS = {None: NULL, False: b"\0\0\0\1\0", True: b"\0\0\0\1\1"}
EPOCH, MICROSECOND = datetime(2000, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

TEXT, TIMESTAMPTZ, BIG, BOOLEAN = 25, 1184, 20, 16  # as every PostgreSQL numbers them


class ArrayType(NamedTuple):
    oid: int
    name: str
    element_oid: int
    write: Callable[[Iterable[Any]], list[bytes]]
    """Each element with its size before it."""
    read: Callable[[bytes], Any]
    """One element that is not NULL."""

    def encode(self, values: Iterable[Any]) -> bytes:
        if isinstance(values, str | bytes):
            raise TypeError("a single value where an array goes")
        parts = self.write(values)
        if not parts:
            return EMPTY.pack(0, 0, self.element_oid)
        return HEAD.pack(1, 0, self.element_oid, len(parts), 1) + b"".join(parts)

    def decode(self, data: bytes) -> list[Any]:
        return [None if element is None else self.read(element) for element in _elements(data)]


def _texts(values: Iterable[str | None]) -> list[bytes]:
    encode, size = str.encode, SIZE.pack
    return [NULL if v is None else size(len(data := encode(v))) + data for v in values]


def _bigints(values: Iterable[int | None]) -> list[bytes]:
    return [NULL if v is None else BIGINT.pack(8, v) for v in values]


def _times(values: Iterable[datetime | None]) -> list[bytes]:
    return [NULL if v is None else BIGINT.pack(8, (v - EPOCH) // MICROSECOND) for v in values]


def _booleans(values: Iterable[bool | None]) -> list[bytes]:
    return [BOOLEANS[v] for v in values]


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


def _elements(data: bytes) -> Iterator[bytes | None]:
    dimensions, _, _ = EMPTY.unpack_from(data)
    if dimensions > 1:
        raise ValueError(f"an array of {dimensions} dimensions")
    at = HEAD.size if dimensions else len(data)
    while at < len(data):
        (size,) = SIZE.unpack_from(data, at)
        at += SIZE.size
        yield None if size < 0 else data[at : at + size]
        at += max(size, 0)


ARRAYS = (
    ArrayType(1009, "_text", TEXT, _texts, lambda data: data.decode()),
    ArrayType(1016, "_int8", BIG, _bigints, _number),
    ArrayType(
        1185, "_timestamptz", TIMESTAMPTZ, _times, lambda data: EPOCH + _number(data) * MICROSECOND
    ),
    ArrayType(1000, "_bool", BOOLEAN, _booleans, lambda data: data != b"\0"),
)
