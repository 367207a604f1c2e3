"""Who has pointed at what, in bounded memory.

One filter (Bloom's) for all edges: it never forgets one, and may take one for made that never was.
Nobody is hurt: whoever seems to have liked a post likes another. What was taken back stands beside
it, and of that the oldest is forgotten: it is then never made again.
"""

from hashlib import blake2b

_LEAST_BYTES, _MOST_BYTES = 1 << 20, 1 << 26
_BYTES_PER_EDGE = 2  # One in 400 is taken for made.
_PLACES = 4
_MOST_TAKEN_BACK = 50_000


class Memory:
    def __init__(self, edges: int) -> None:
        size = min(max(_LEAST_BYTES, edges * _BYTES_PER_EDGE), _MOST_BYTES)
        self._bits = bytearray(size)
        self._taken_back: dict[bytes, None] = {}

    def add(self, edge: bytes) -> None:
        self._taken_back.pop(edge, None)
        for byte, bit in self._places(edge):
            self._bits[byte] |= bit

    def discard(self, edge: bytes) -> None:
        self._taken_back[edge] = None
        if len(self._taken_back) > _MOST_TAKEN_BACK:
            del self._taken_back[next(iter(self._taken_back))]

    def __contains__(self, edge: bytes) -> bool:
        return edge not in self._taken_back and all(
            self._bits[byte] & bit for byte, bit in self._places(edge)
        )

    def _places(self, edge: bytes) -> list[tuple[int, int]]:
        at, step = int.from_bytes(edge[:8], "big"), int.from_bytes(edge[8:], "big")
        numbers = [(at + step * turn) % (8 * len(self._bits)) for turn in range(_PLACES)]
        return [(number >> 3, 1 << (number & 7)) for number in numbers]


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
