"""The Merkle search tree of a repository: keys to CIDs, in a shape that history cannot change.

A node is never altered once made: a change copies the path from the root and shares the rest, so an
older tree stays whole. A node gets its block and CID when it is first written; a node without them
is new, which is how a commit knows what to send. Of some subtrees no more is known than their CID.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from libipld import encode_dag_cbor

DAG_CBOR = b"\x01\x71\x12\x20"


def cid_of(block: bytes) -> bytes:
    return DAG_CBOR + sha256(block).digest()


def layer_of(key: bytes) -> int:
    """How many pairs of zero bits the key's hash begins with: the layer that it belongs to."""
    return (256 - int.from_bytes(sha256(key).digest(), "big").bit_length()) // 2


def shared_prefix(one: bytes, other: bytes) -> int:
    length = min(len(one), len(other))
    differing = int.from_bytes(one[:length], "big") ^ int.from_bytes(other[:length], "big")
    return length - (differing.bit_length() + 7) // 8


@lru_cache(maxsize=1 << 15)  # Near the root the same keys are written with every commit.
def _spelled(last: bytes, key: bytes) -> tuple[int, bytes]:
    shared = shared_prefix(last, key)
    return shared, key[shared:]


class Unknown(LookupError):
    """A change needs to look into a subtree of which only the CID is known."""


@dataclass(slots=True, eq=False)
class Stub:
    """A subtree that nobody can look into."""

    cid: bytes


@dataclass(slots=True, eq=False)
class Node:
    """Keys with their values, and a child (or None) before, between and after them."""

    keys: tuple[bytes, ...]
    values: tuple[bytes, ...]
    children: tuple["Node | Stub | None", ...]
    cid: bytes = b""
    block: bytes = b""

    def encode(self) -> bytes:
        entries = []
        last = b""
        for key, value, after in zip(self.keys, self.values, self.children[1:], strict=True):
            shared, rest = _spelled(last, key)
            entries.append({"k": rest, "p": shared, "t": after and after.cid, "v": value})
            last = key
        first = self.children[0]
        return encode_dag_cbor({"e": entries, "l": first and first.cid})


Child = Node | Stub | None


def _known(child: Node | Stub) -> Node:
    if isinstance(child, Stub):
        raise Unknown(child.cid.hex())
    return child


def _empty() -> Node:
    return Node((), (), (None,))


def _node(
    keys: tuple[bytes, ...], values: tuple[bytes, ...], children: tuple[Child, ...]
) -> Node | None:
    return Node(keys, values, children) if keys or children[0] else None


def _put(node: Node, above: int, key: bytes, value: bytes) -> Node:
    """With `key`, which belongs `above` layers below this node."""
    at = bisect_left(node.keys, key)
    if above:
        child = _put(_known(node.children[at] or _empty()), above - 1, key, value)
        children = (*node.children[:at], child, *node.children[at + 1 :])
        return Node(node.keys, node.values, children)
    if at < len(node.keys) and node.keys[at] == key:
        return Node(node.keys, (*node.values[:at], value, *node.values[at + 1 :]), node.children)
    return Node(
        (*node.keys[:at], key, *node.keys[at:]),
        (*node.values[:at], value, *node.values[at:]),
        (*node.children[:at], *_split(node.children[at], key), *node.children[at + 1 :]),
    )


def _split(child: Child, key: bytes) -> tuple[Node | None, Node | None]:
    """What lies before and after a key that is not there."""
    if child is None:
        return None, None
    node = _known(child)
    at = bisect_left(node.keys, key)
    before, after = _split(node.children[at], key)
    return (
        _node(node.keys[:at], node.values[:at], (*node.children[:at], before)),
        _node(node.keys[at:], node.values[at:], (after, *node.children[at + 1 :])),
    )


def _remove(node: Node, above: int, key: bytes) -> Node | None:
    at = bisect_left(node.keys, key)
    if above:
        below = node.children[at]
        if below is None:
            raise KeyError(key)
        child = _remove(_known(below), above - 1, key)
        children = (*node.children[:at], child, *node.children[at + 1 :])
        return _node(node.keys, node.values, children)
    if at == len(node.keys) or node.keys[at] != key:
        raise KeyError(key)
    return _node(
        node.keys[:at] + node.keys[at + 1 :],
        node.values[:at] + node.values[at + 1 :],
        (
            *node.children[:at],
            _merge(node.children[at], node.children[at + 1]),
            *node.children[at + 2 :],
        ),
    )


def _merge(one: Child, other: Child) -> Child:
    if one is None or other is None:
        return one or other
    before, after = _known(one), _known(other)
    middle = _merge(before.children[-1], after.children[0])
    return Node(
        before.keys + after.keys,
        before.values + after.values,
        (*before.children[:-1], middle, *after.children[1:]),
    )


def _write(node: Node, new: dict[bytes, bytes]) -> None:
    if node.cid:
        return
    for child in node.children:
        if isinstance(child, Node):
            _write(child, new)
    node.block = node.encode()
    node.cid = cid_of(node.block)
    new[node.cid] = node.block


@dataclass(frozen=True, slots=True)
class Tree:
    root: Node = field(default_factory=_empty)
    height: int = 0

    def get(self, key: bytes) -> bytes | None:
        child: Child = self.root
        while child is not None:
            node = _known(child)
            at = bisect_left(node.keys, key)
            if at < len(node.keys) and node.keys[at] == key:
                return node.values[at]
            child = node.children[at]
        return None

    def put(self, key: bytes, value: bytes) -> "Tree":
        root, height, layer = self.root, self.height, layer_of(key)
        if not root.keys and root.children[0] is None:
            height = layer
        while height < layer:
            root, height = Node((), (), (root,)), height + 1
        return Tree(_put(root, height - layer, key, value), height)

    def remove(self, key: bytes) -> "Tree":
        """Raises KeyError when it is not there."""
        layer = layer_of(key)
        if layer > self.height:
            raise KeyError(key)
        root, height = _remove(self.root, self.height - layer, key), self.height
        while root is not None and not root.keys:
            below = root.children[0]
            root, height = None if below is None else _known(below), height - 1
        return Tree(root, height) if root is not None else Tree()

    def write(self) -> dict[bytes, bytes]:
        """The blocks, by CID, of the nodes that were not written before."""
        new: dict[bytes, bytes] = {}
        _write(self.root, new)
        return new

    def proof(self, key: bytes) -> dict[bytes, bytes]:
        """The blocks from the root to this key and to its neighbours on both sides.

        They show where the key stands or would stand, and are what a reader needs to undo a
        change of it without the rest of the tree. The tree must have been written.
        """
        blocks: dict[bytes, bytes] = {}
        for side in (bisect_left, bisect_right):
            child: Child = self.root
            while child is not None:
                node = _known(child)
                blocks[node.cid] = node.block
                child = node.children[side(node.keys, key)]
        return blocks

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        yield from _items(self.root)


def _items(node: Node) -> Iterator[tuple[bytes, bytes]]:
    for at, child in enumerate(node.children):
        if child is not None:
            yield from _items(_known(child))
        if at < len(node.keys):
            yield node.keys[at], node.values[at]
