"""A commit's ops undone on its tree, which has to give the tree before.

A commit brings a few nodes of its tree: those that its ops changed, and those beside them. The rest
are known by their CIDs alone, and stay as they are. A node that is opened is held against what its
place demands, and is written anew: there is one way to write it.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from indexer.protocol.car import cid_of
from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import shown
from indexer.protocol.tree import MOST_KEY_BYTES, Entry, Get, Node, layer_of, read_node, write_node

_LOWEST, _HIGHEST = b"", b"\xff"  # no path is either, and all are between


class Change(NamedTuple):
    """Of the record at a path: its CIDs; None where there is none."""

    path: str
    before: bytes | None
    after: bytes | None


@dataclass(slots=True)
class _Node:
    """Open for changes. A child stands before, between and after the keys: as a CID while nobody
    has looked at it."""

    layer: int
    low: bytes  # all keys below are between these two
    high: bytes
    keys: list[bytes]
    values: list[bytes]
    children: list["_Node | bytes | None"]

    def is_empty(self) -> bool:
        return not self.keys and self.children[0] is None


def invert(root: bytes, changes: Iterable[Change], get: Get) -> bytes:
    """The root CID of the tree before. Raises Invalid: `missing_block` when the nodes that came do
    not reach; `bad_tree` when they are none, or the changes are not what made them; `bad_op`."""
    tree = _Tree(root, get)
    # What was deleted comes back first, as everybody does it: what order is taken decides which
    # nodes are needed, not what comes out.
    for change in sorted(changes, key=lambda change: (change.after is not None, change.path)):
        key = change.path.encode()
        if len(key) > MOST_KEY_BYTES:
            raise Invalid("bad_tree", f"no tree has a key of {len(key)} bytes")
        if change.before is not None:
            tree.put(key, change.before, change.after)
        elif change.after is not None:
            tree.remove(key, change.after)
        else:
            raise Invalid("bad_op", f"neither before nor after: {shown(change.path)}")
    return tree.cid()


class _Tree:
    def __init__(self, root: bytes, get: Get) -> None:
        self._get = get
        self._root = self._opened(root, None, _LOWEST, _HIGHEST)

    def put(self, key: bytes, value: bytes, instead: bytes | None) -> None:
        """`instead` of the value that is there now; None: of none."""
        layer = layer_of(key)
        self._grow(layer)
        node = self._root
        while node.layer > layer:
            at = bisect_left(node.keys, key)
            child = self._child(node, at)
            if child is None:
                child = node.children[at] = _Node(
                    node.layer - 1, *_around(node, at), [], [], [None]
                )
            node = child
        at = bisect_left(node.keys, key)
        found = node.values[at] if node.keys[at : at + 1] == [key] else None
        if found != instead:
            raise _other(key)
        if found is not None:
            node.values[at] = value
            return
        node.children[at : at + 1] = self._split(self._child(node, at), key)
        node.keys.insert(at, key)
        node.values.insert(at, value)

    def remove(self, key: bytes, value: bytes) -> None:
        layer = layer_of(key)
        way: list[tuple[_Node, int]] = []
        node: _Node | None = self._root
        while node is not None and node.layer > layer:
            at = bisect_left(node.keys, key)
            way.append((node, at))
            node = self._child(node, at)
        if node is None or node.layer < layer:
            raise _other(key)
        at = bisect_left(node.keys, key)
        if node.keys[at : at + 1] != [key] or node.values[at] != value:
            raise _other(key)
        node.children[at : at + 2] = [self._joined(node, at, node, at + 1)]
        del node.keys[at], node.values[at]
        while way and node.is_empty():
            node, at = way.pop()
            node.children[at] = None

    def cid(self) -> bytes:
        """A root has a key, unless the whole tree is empty."""
        while not self._root.keys and (below := self._child(self._root, 0)) is not None:
            self._root = below
        return _written(self._root)

    def _grow(self, layer: int) -> None:
        root = self._root
        if root.is_empty():
            root.layer = layer
        while root.layer < layer:
            root = _Node(root.layer + 1, _LOWEST, _HIGHEST, [], [], [root])
        self._root = root

    def _split(self, node: _Node | None, key: bytes) -> tuple[_Node | None, _Node | None]:
        """What is before the key, and what is after it."""
        if node is None:
            return None, None
        at = bisect_left(node.keys, key)
        before, after = self._split(self._child(node, at), key)
        keys, values, children = node.keys, node.values, node.children
        one = _Node(node.layer, node.low, key, keys[:at], values[:at], [*children[:at], before])
        other = _Node(
            node.layer, key, node.high, keys[at:], values[at:], [after, *children[at + 1 :]]
        )
        return None if one.is_empty() else one, None if other.is_empty() else other

    def _joined(self, one: _Node, at: int, other: _Node, other_at: int) -> "_Node | bytes | None":
        """Two children between which there is no key any more. Where there is but one of them, its
        block need not have come."""
        before, after = one.children[at], other.children[other_at]
        if before is None or after is None:
            return before or after
        left, right = self._child(one, at), self._child(other, other_at)
        assert left is not None and right is not None
        middle = self._joined(left, len(left.keys), right, 0)
        return _Node(
            left.layer,
            left.low,
            right.high,
            left.keys + right.keys,
            left.values + right.values,
            [*left.children[:-1], middle, *right.children[1:]],
        )

    def _child(self, node: _Node, at: int) -> _Node | None:
        child = node.children[at]
        if isinstance(child, bytes):
            if not node.layer:
                raise Invalid("bad_tree", "a node below the lowest layer")
            child = self._opened(child, node.layer - 1, *_around(node, at))
            node.children[at] = child
        return child

    def _opened(self, cid: bytes, layer: int | None, low: bytes, high: bytes) -> _Node:
        """`layer` is None for the root, whose keys say it."""
        block = self._get(cid)
        if block is None:
            raise Invalid("missing_block", f"a node of the tree: {cid.hex()}")
        first, entries = read_node(block)
        keys = [entry.key for entry in entries]
        if any(one >= other for one, other in pairwise((low, *keys, high))):
            raise Invalid("bad_tree", f"keys that do not stand where they belong: {shown(keys)}")
        layers = {layer_of(key) for key in keys}
        if layer is None:
            if first is not None and not keys:
                raise Invalid("bad_tree", "a root without a key above another node")
            layer = next(iter(layers), 0)
        elif first is None and not keys:
            raise Invalid("bad_tree", "a node with nothing in it")
        if not layers <= {layer}:
            raise Invalid("bad_tree", f"keys of the layers {layers} in layer {layer}")
        children: list[_Node | bytes | None] = [first, *(entry.after for entry in entries)]
        return _Node(layer, low, high, keys, [entry.value for entry in entries], children)


def _around(node: _Node, at: int) -> tuple[bytes, bytes]:
    """The keys between which the keys of a child are."""
    low = node.keys[at - 1] if at else node.low
    return low, node.keys[at] if at < len(node.keys) else node.high


def _written(node: _Node) -> bytes:
    cids = [_written(child) if isinstance(child, _Node) else child for child in node.children]
    entries = map(Entry, node.keys, node.values, cids[1:])
    return cid_of(write_node(Node(cids[0], tuple(entries))))


def _other(key: bytes) -> Invalid:
    return Invalid("bad_tree", f"{shown(key)} is not there as its change says")
