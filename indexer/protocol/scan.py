"""Steps over CBOR without decoding it, in pure Python.

It reads well-formed CBOR of definite lengths, a wider language than the decoder's: what it gives is
what the decoder would give, or the decoder refuses the bytes. Time and memory are bounded, whatever
the bytes say: nothing recurses, and items are counted. Only `BadFraming` is raised.
"""

from collections.abc import Iterator
from itertools import repeat

from indexer.protocol.errors import BadFraming

MOST_ENTRIES = 256  # of one of the two maps that make a frame
MOST_ITEMS = 1 << 15  # in all their values: ten times what 200 ops take, and a few milliseconds

_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}  # bytes that hold the argument of a head
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)


def _size_of(head: int) -> int:
    """Of an item that says with its first byte how long it is; 0 for every other."""
    major, info = head >> 5, head & 31
    if major in (_BYTES, _TEXT):
        return 1 + info if info < 24 else 0
    if major in (_UNSIGNED, _NEGATIVE, _SIMPLE):
        return 1 if info < 24 else 1 + _WIDTHS.get(info, -1)
    return 0


# What is met most besides: the tag of a link, byte strings and texts of up to 255 bytes.
_LINK_TAG, _SHORT = 0xD8, (0x58, 0x78)
_SIZES = tuple(_size_of(head) for head in range(256))


def entries(data: bytes, at: int, wanted: frozenset[bytes]) -> tuple[dict[bytes, int], int]:
    """Where in the map at `at` the values of the wanted keys begin, and where it ends.

    An end beyond that of the data is for the caller to see.
    """
    try:
        count, at = _head(data, at, _MAP)
        if count > MOST_ENTRIES:
            raise BadFraming(f"a map of {count} entries")
        found: dict[bytes, int] = {}
        budget = iter(repeat(None, MOST_ITEMS))
        for _ in repeat(None, count):
            head = data[at]
            if 0x60 <= head < 0x78:
                start, size = at + 1, head - 0x60
            else:
                size, start = _head(data, at, _TEXT)
            at = start + size
            key = data[start:at]
            if key in wanted:
                if key in found:
                    raise BadFraming(f"{key.decode()} twice")
                found[key] = at
            size = _SIZES[data[at]]
            at = at + size if size else _skip(data, at, budget)
    except IndexError:
        raise BadFraming(f"ends early, after {len(data)} bytes") from None
    return found, at


def text(data: bytes, at: int | None) -> str | None:
    """None when there is something else, or nothing."""
    if at is None or data[at] >> 5 != _TEXT:
        return None
    size, start = _head(data, at, _TEXT)
    try:
        return data[start : start + size].decode()
    except UnicodeDecodeError:
        raise BadFraming(f"a text that is not UTF-8 at byte {at}") from None


def integer(data: bytes, at: int | None) -> int | None:
    """None when there is something else, or nothing."""
    if at is None:
        return None
    match data[at] >> 5:
        case 0:
            return _head(data, at, _UNSIGNED)[0]
        case 1:
            return -1 - _head(data, at, _NEGATIVE)[0]
    return None


def _skip(data: bytes, at: int, budget: Iterator[None]) -> int:
    """Where the value at `at` ends. How deep it is nested does not matter: what is inside an item
    are but more items to step over. The budget is that of the whole map."""
    left = 1
    for _ in budget:
        head = data[at]
        size = _SIZES[head]
        if size:
            at += size
        elif head == _LINK_TAG:
            at += 2
            left += 1
        elif head in _SHORT:
            at += 2 + data[at + 1]
        else:
            major = head >> 5
            argument, at = _head(data, at, major)
            if major == _TAG:
                left += 1
            elif major == _ARRAY:
                left += argument
            elif major == _MAP:
                left += 2 * argument
            else:
                at += argument
        left -= 1
        if not left:
            return at
    raise BadFraming(f"more than {MOST_ITEMS} items, at byte {at}")


def _head(data: bytes, at: int, major: int) -> tuple[int, int]:
    """The argument of an item of this major type, and where what follows its head begins."""
    head = data[at]
    if head >> 5 != major:
        raise BadFraming(f"major type {head >> 5} where {major} must be, at byte {at}")
    info = head & 31
    at += 1
    if info < 24:
        return info, at
    width = _WIDTHS.get(info)
    if width is None:
        raise BadFraming(f"an item of indefinite length at byte {at - 1}")
    if width == 1:
        return data[at], at + 1
    end = at + width
    return int.from_bytes(data[at:end], "big"), end
