"""Who has pointed at what, in bounded memory.

One filter (Bloom's) for all edges: it never forgets one, and may take one for made that never was.
Nobody is hurt: whoever seems to have liked a post likes another. What was taken back stands beside
it, and of that the oldest is forgotten: it is then never made again.
"""

from hashlib import blake2b
from struct import Struct

_FEWEST_BITS, _MOST_BITS = 1 << 23, 1 << 29
_BITS_PER_EDGE = 16  # One in 400 is taken for made, or fewer.
_PLACES = range(4)
_MOST_TAKEN_BACK = 50_000
_TWO_NUMBERS = Struct(">QQ")


class Memory:
    def __init__(self, edges: int) -> None:
        size = _FEWEST_BITS
        while size < min(edges * _BITS_PER_EDGE, _MOST_BITS):
            size *= 2
        self._bits = bytearray(size // 8)
        self._mask = size - 1
        self._taken_back: dict[bytes, None] = {}

    def add(self, edge: bytes) -> None:
        self._taken_back.pop(edge, None)
        at, step = _TWO_NUMBERS.unpack(edge)
        for _ in _PLACES:
            self._bits[(at & self._mask) >> 3] |= 1 << (at & 7)
            at += step

    def discard(self, edge: bytes) -> None:
        self._taken_back[edge] = None
        if len(self._taken_back) > _MOST_TAKEN_BACK:
            del self._taken_back[next(iter(self._taken_back))]

    def __contains__(self, edge: bytes) -> bool:
        at, step = _TWO_NUMBERS.unpack(edge)
        for _ in _PLACES:
            if not self._bits[(at & self._mask) >> 3] & 1 << (at & 7):
                return False
            at += step
        return edge not in self._taken_back


class Edges:
    """Those of one person, each `(collection, subject)`."""

    __slots__ = ("_did", "_memory")

    def __init__(self, did: str, memory: Memory) -> None:
        self._did = did
        self._memory = memory

    def add(self, edge: tuple[str, str]) -> None:
        self._memory.add(self._fingerprint(edge))

    def discard(self, edge: tuple[str, str]) -> None:
        self._memory.discard(self._fingerprint(edge))

    def __contains__(self, edge: tuple[str, str]) -> bool:
        return self._fingerprint(edge) in self._memory

    def _fingerprint(self, edge: tuple[str, str]) -> bytes:
        return blake2b(f"{self._did} {edge[0]} {edge[1]}".encode(), digest_size=16).digest()
