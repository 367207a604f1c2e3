"""DAG-CBOR from strangers, decoded in pure Python: in processes that no native decoder may end.

There are no floats, and numbers are as short as can be; the keys of a map may stand in any order,
as some writers do it. Slow, and for small things. Time and memory are bounded by the bytes there
are. Only Invalid is raised, with the reason `bad_cbor`.
"""

from typing import Any

from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link

DEEPEST = 32
MOST_ITEMS = 1 << 18  # of one value and all inside it

_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_FALSE, _TRUE, _NULL = 0xF4, 0xF5, 0xF6
_SIMPLE = {_FALSE: False, _TRUE: True, _NULL: None}
_LINK_TAG = 42


def decode(data: bytes) -> list[Any]:
    """All the values that stand one behind another."""
    values, reader = [], _Reader(data)
    while reader.at < len(data):
        values.append(reader.value(0))
    return values


def _refusal(what: str, at: int) -> Invalid:
    return Invalid("bad_cbor", f"{what} at byte {at}")


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._items = MOST_ITEMS
        self.at = 0

    def value(self, depth: int) -> Any:
        start = self.at
        self._items -= 1
        if depth > DEEPEST or self._items < 0:
            raise _refusal("too much", start)
        if (head := self._byte()) in _SIMPLE:
            return _SIMPLE[head]
        major, argument = head >> 5, self._argument(head & 31, start)
        match major:
            case 0:
                return argument
            case 1:
                return -1 - argument
            case 2:
                return self._take(argument)
            case 3:
                return self._text(argument)
            case 4:
                return [self.value(depth + 1) for _ in range(self._count(argument))]
            case 5:
                return self._map(self._count(argument * 2) // 2, depth)
            case 6 if argument == _LINK_TAG:
                return self._link(depth)
        raise _refusal("what DAG-CBOR has not", start)

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self._data):
            raise _refusal("ends early", self.at)
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def _argument(self, info: int, start: int) -> int:
        if info < 24:
            return info
        if (width := _WIDTHS.get(info)) is None:
            raise _refusal("a length that is not said", start)
        argument = int.from_bytes(self._take(width), "big")
        least = 24 if width == 1 else 1 << (4 * width)
        if argument < least:
            raise _refusal("a number in more bytes than it needs", start)
        return argument

    def _count(self, argument: int) -> int:
        """Every item takes a byte at least."""
        if argument > len(self._data) - self.at:
            raise _refusal("ends early", self.at)
        return argument

    def _text(self, size: int) -> str:
        start = self.at
        try:
            return self._take(size).decode()
        except UnicodeDecodeError:
            raise _refusal("a text that is not UTF-8", start) from None

    def _map(self, count: int, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            if not isinstance(key, str):
                raise _refusal("a key that is no text", start)
            if key in found:
                raise _refusal("a key that was there", start)
            found[key] = self.value(depth + 1)
        return found

    def _link(self, depth: int) -> Link:
        start = self.at
        content = self.value(depth + 1)
        if type(content) is not bytes or content[:1] != b"\0":
            raise _refusal("no link", start)
        return Link(content[1:])
