"""The Merkle search tree of a repo: paths to the CIDs of their records, in the one shape that those
paths can have.

The nodes are a stranger's. There is one way to write a node, and only that is read: step by step,
without a decoder. Nothing recurses, and what is held is the way down to one place.
"""

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

from indexer.protocol.car import is_node
from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import shown

Get = Callable[[bytes], bytes | None]
"""The block of a CID, if it is there."""

MOST_ENTRIES = 10_000  # of one node; a few is what there are
MOST_KEY_BYTES = 1024  # no path is as long, and keys that share all but a byte take little to write

_NODE, _LEFT = b"\xa2\x61e", b"\x61l"
_ENTRY_KEY, _SHARED, _AFTER, _VALUE = b"\xa4\x61k", b"\x61p", b"\x61t", b"\x61v"
_NULL, _NO_LINK, _LINK, _CID_BYTES = 0xF6, b"\xf6", b"\xd8\x2a\x58\x25\x00", 36
_UNSIGNED, _BYTES, _ARRAY = 0, 2, 4
_WIDTHS = {24: 1, 25: 2}
# What stands behind a key: how much of it is that of the key before, a link or none, and a link.
_ENTRY_REST = re.compile(
    rb"ap([\x00-\x17]|\x18[\x18-\xff]|\x19[\x01-\xff].)"
    rb"at(?:\xf6|\xd8\x2a\x58\x25\x00(\x01\x71\x12\x20.{32}))"
    rb"av\xd8\x2a\x58\x25\x00(\x01\x71\x12\x20.{32})",
    re.DOTALL,
)


class Entry(NamedTuple):
    key: bytes
    value: bytes
    after: bytes | None  # the CID of the subtree between this key and the next


class Node(NamedTuple):
    before: bytes | None  # the CID of the subtree before the first key
    entries: tuple[Entry, ...]


class Subtree(NamedTuple):
    cid: bytes
    layer: int | None  # of its keys; None: any, for it is the root


def walk(root: bytes, get: Get) -> Iterator[tuple[str, bytes]]:
    """Every key with the CID of its record, in order; one that is no path stands for no record.
    Raises Invalid: `bad_tree` for one that is not the tree that its keys make, `missing_block`."""
    last, todo = b"", list[Subtree | Entry]([Subtree(root, None)])
    while todo:
        item = todo.pop()
        if isinstance(item, Subtree):
            todo.extend(reversed(_opened(item, get)))
            continue
        if item.key <= last:
            raise Invalid("bad_tree", f"{shown(item.key)} stands after {shown(last)}")
        last = item.key
        yield item.key.decode("latin-1"), item.value


def prove(root: bytes, path: str, get: Get) -> bytes | None:
    """The CID of the record at a path; None when the tree says that there is none. Raises Invalid:
    `bad_tree`, `missing_block`."""
    key = path.encode()
    low, high = b"", b"\xff"  # between which keys we are
    subtree: Subtree | None = Subtree(root, None)
    while subtree is not None:
        below: Subtree | None = None
        for item in _opened(subtree, get):
            if isinstance(item, Subtree):
                below = item
            elif not low < item.key < high:
                raise Invalid("bad_tree", f"{shown(item.key)} does not stand where it belongs")
            elif item.key == key:
                return item.value
            elif item.key > key:
                high = item.key
                break
            else:
                low, below = item.key, None
        subtree = below
    return None


def read_node(block: bytes) -> Node:
    """Raises Invalid: `bad_tree`."""
    try:
        node, end = _node(block)
    except IndexError:
        raise Invalid("bad_tree", f"a node that ends early, after {len(block)} bytes") from None
    if end != len(block):
        raise Invalid("bad_tree", f"a node that ends at byte {end} of {len(block)}")
    return node


def write_node(node: Node) -> bytes:
    """Its block, as `read_node` reads it."""
    parts = [_NODE, _number(_ARRAY, len(node.entries))]
    last = b""
    for key, value, after in node.entries:
        shared = _shared_prefix(last, key)
        parts += _ENTRY_KEY, _number(_BYTES, len(key) - shared), key[shared:]
        parts += _SHARED, _number(_UNSIGNED, shared), _AFTER
        parts += (_LINK, after) if after else (_NO_LINK,)
        parts += _VALUE, _LINK, value
        last = key
    parts += (_LEFT, _LINK, node.before) if node.before else (_LEFT, _NO_LINK)
    return b"".join(parts)


def layer_of(key: bytes) -> int:
    """How many pairs of zero bits its hash begins with."""
    return (256 - int.from_bytes(sha256(key).digest(), "big").bit_length()) // 2


def _opened(tree: Subtree, get: Get) -> list[Subtree | Entry]:
    """What is in its topmost node, in order. All its keys are of one layer."""
    block = get(tree.cid)
    if block is None:
        raise Invalid("missing_block", f"a node of the tree: {tree.cid.hex()}")
    before, entries = read_node(block)
    layer = tree.layer
    items: list[Subtree | Entry] = []
    for entry in entries:
        here = layer_of(entry.key)
        if layer not in (None, here):
            raise Invalid("bad_tree", f"{shown(entry.key)} stands in layer {layer}")
        layer = here
        items.append(entry)
        if entry.after is not None:
            items.append(_below(entry.after, layer))
    if before is not None:
        if layer is None:
            raise Invalid("bad_tree", "a root without a key above another node")
        items.insert(0, _below(before, layer))
    elif not entries and layer is not None:
        raise Invalid("bad_tree", "a node with nothing in it")
    return items


def _below(cid: bytes, layer: int) -> Subtree:
    if not layer:
        raise Invalid("bad_tree", "a node below the lowest layer")
    return Subtree(cid, layer - 1)


def _node(block: bytes) -> tuple[Node, int]:
    count, at = _head(block, _expect(block, 0, _NODE), _ARRAY)
    if count > MOST_ENTRIES:
        raise Invalid("bad_tree", f"a node of {count} entries")
    key = b""
    entries: list[Entry] = []
    for _ in range(count):
        entry, at = _entry(block, at, key)
        key = entry.key
        entries.append(entry)
    before, at = _link(block, _expect(block, at, _LEFT))
    return Node(before, tuple(entries)), at


def _entry(block: bytes, at: int, last: bytes) -> tuple[Entry, int]:
    """One key is spelled by what it does not share with the one before."""
    size, at = _head(block, _expect(block, at, _ENTRY_KEY), _BYTES)
    end = at + size
    found = _ENTRY_REST.match(block, end)
    if found is None:
        raise Invalid("bad_tree", f"a key without a record, at byte {end}")
    number, after, value = found.groups()
    shared = number[0] if len(number) == 1 else int.from_bytes(number[1:], "big")
    rest = block[at:end]
    if shared > len(last) or (shared < len(last) and rest[:1] == last[shared : shared + 1]):
        raise Invalid("bad_tree", f"a key that shares {shared} bytes with {shown(last)}")
    if shared + size > MOST_KEY_BYTES:
        raise Invalid("bad_tree", f"a key of {shared + size} bytes")
    return Entry(last[:shared] + rest, value, after), found.end()


def _expect(block: bytes, at: int, what: bytes) -> int:
    """Behind what has to stand there."""
    if not block.startswith(what, at):
        raise Invalid("bad_tree", f"a node that is none, at byte {at}")
    return at + len(what)


def _link(block: bytes, at: int) -> tuple[bytes | None, int]:
    if block[at] == _NULL:
        return None, at + 1
    at = _expect(block, at, _LINK)
    end = at + _CID_BYTES
    if not is_node(cid := block[at:end]):
        raise Invalid("bad_tree", f"a link to what is no block: {cid.hex()}")
    return cid, end


def _head(block: bytes, at: int, major: int) -> tuple[int, int]:
    """The argument of an item, and where what follows its head begins."""
    info = block[at] & 31
    if block[at] >> 5 != major:
        raise Invalid("bad_tree", f"a node that is none, at byte {at}")
    if info < 24:
        return info, at + 1
    end = at + 1 + _WIDTHS.get(info, 0)
    value = int.from_bytes(block[at + 1 : end], "big")
    if info not in _WIDTHS or value < (24 if info == 24 else 256) or end > len(block):
        raise Invalid("bad_tree", f"a length that is none, at byte {at}")
    return value, end


def _number(major: int, value: int) -> bytes:
    """The head of an item."""
    if value < 24:
        return bytes((major << 5 | value,))
    if value < 256:
        return bytes((major << 5 | 24, value))
    if value < 1 << 16:
        return bytes((major << 5 | 25,)) + value.to_bytes(2, "big")
    return bytes((major << 5 | 26,)) + value.to_bytes(4, "big")


def _shared_prefix(one: bytes, other: bytes) -> int:
    """As numbers they differ from the first byte on in which they do."""
    length = min(len(one), len(other))
    differing = int.from_bytes(one[:length], "big") ^ int.from_bytes(other[:length], "big")
    return length - (differing.bit_length() + 7) // 8
