"""What an account did before the world began: in its tree, never in the stream.

A year of likes and posts makes a tree deep and its proofs long, as they are on the network. Only
its edges are made: whatever comes later has keys behind those of its collection, and nobody looks
elsewhere. The rest are subtrees of which nothing but a CID is known, and a change of one of
their records is an error. Two things are made up: those CIDs, and those of the records.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from hashlib import shake_256
from itertools import pairwise
from random import Random
from zlib import crc32

from indexer.protocol.syntax import make_tid
from load.encoding.mst import DAG_CBOR, Child, Node, Stub, Tree, layer_of
from load.world.times import EPOCH_US

_SHAPES = 16  # People share the keys of so many histories; no record's CID is shared.
_YEAR_US = 365 * 86_400_000_000
_COLLECTIONS = (
    ("app.bsky.feed.like", 66),
    ("app.bsky.feed.post", 15),
    ("app.bsky.feed.repost", 10),
    ("app.bsky.graph.follow", 9),
)


def history(did: str, records: int) -> Tree:
    """The tree of an account with so many records, not written yet. The same for the same
    arguments."""
    root, height, links = _shape(crc32(did.encode()) % _SHAPES, records)
    made_up = shake_256(f"history of {did}".encode()).digest(32 * links)
    return Tree(_personal(root, _Cids(made_up)), height)


class _Cids:
    def __init__(self, made_up: bytes) -> None:
        self._made_up = made_up
        self._at = 0

    def next(self) -> bytes:
        self._at += 32
        return DAG_CBOR + self._made_up[self._at - 32 : self._at]


def _personal(node: Node, cids: _Cids) -> Node:
    values = tuple([cids.next() for _ in node.keys])
    children: list[Child] = []
    for child in node.children:
        if isinstance(child, Node):
            children.append(_personal(child, cids))
        else:
            children.append(child and Stub(cids.next()))
    return Node(node.keys, values, tuple(children))


@lru_cache(maxsize=_SHAPES)
def _shape(number: int, records: int) -> tuple[Node, int, int]:
    """A root without CIDs, its layer, and how many CIDs it takes."""
    keys, gaps = _keys(Random(f"history {number} of {records}"), records)
    layers = [layer_of(key) for key in keys]
    height = max(layers)
    root = _opened(_Keys(keys, layers, gaps), 0, len(keys), height)
    return root, height, _count(root)


def _keys(random: Random, records: int) -> tuple[list[bytes], list[int]]:
    """In order; and where between them new ones will come: before all, and behind each
    collection."""
    keys: list[bytes] = []
    gaps = [0]
    for collection, share in _COLLECTIONS:
        times = {
            EPOCH_US - random.randrange(1, _YEAR_US) for _ in range(max(1, records * share // 100))
        }
        clock = random.randrange(1024)
        keys += [f"{collection}/{make_tid(time, clock)}".encode() for time in sorted(times)]
        gaps.append(len(keys))
    return keys, gaps


class _Keys:
    def __init__(self, keys: Sequence[bytes], layers: Sequence[int], gaps: Sequence[int]) -> None:
        self.keys = keys
        self.layers = layers
        self.gaps = gaps

    def is_open(self, low: int, high: int) -> bool:
        """Whether a new key may come between, before or behind these."""
        at = bisect_left(self.gaps, low)
        return at < len(self.gaps) and self.gaps[at] <= high


def _opened(all: _Keys, low: int, high: int, layer: int) -> Node:
    here = [at for at in range(low, high) if all.layers[at] == layer]
    bounds = [low - 1, *here, high]
    return Node(
        tuple([all.keys[at] for at in here]),
        tuple([b"" for _ in here]),
        tuple([_child(all, before + 1, after, layer - 1) for before, after in pairwise(bounds)]),
    )


def _child(all: _Keys, low: int, high: int, layer: int) -> Child:
    if low == high:
        return None
    return _opened(all, low, high, layer) if all.is_open(low, high) else Stub(b"")


def _count(node: Node) -> int:
    below = [_count(child) for child in node.children if isinstance(child, Node)]
    stubs = sum(isinstance(child, Stub) for child in node.children)
    return len(node.keys) + stubs + sum(below)
