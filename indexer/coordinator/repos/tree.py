"""A repo as its PDS sends it: a CAR that comes piece by piece, and the Merkle search tree in it.

No native decoder is asked that could take the process down, and nothing recurses.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NamedTuple

import cbor2

from indexer.protocol.car import is_node
from indexer.protocol.errors import Invalid

MOST_HEADER_BYTES, MOST_BLOCK_BYTES = 1000, 2_000_000
DAG_CBOR, RAW, CID_BYTES = b"\x01\x71\x12\x20", b"\x01\x55\x12\x20", 36
LINK = 42


class CarReader:
    """Holds no more than one block that has not come whole."""

    def __init__(self) -> None:
        self.root: bytes | None = None
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """CIDs with their blocks, all to be taken before the next. Raises Invalid: `bad_car`,
        `wrong_hash`."""
        data, at = self._buffer + data, 0
        while (found := _section(data, at, self.root is None)) is not None:
            start, at = found
            if self.root is None:
                self.root = _root(data[start:at])
            else:
                yield _checked(data[start:at])
        self._buffer = data[at:]

    def close(self) -> None:
        """Raises Invalid: `bad_car` for a file that ends too early."""
        if self._buffer or self.root is None:
            raise Invalid("bad_car", "it ends in the middle")


class Subtree(NamedTuple):
    cid: bytes
    layer: int | None  # None: of the root, which may be any


Item = Subtree | tuple[bytes, bytes]


def walk(root: bytes, get: Callable[[bytes], bytes | None]) -> Iterator[tuple[str, bytes]]:
    """Paths and the CIDs of their records, in order. Raises Invalid for a tree that is not the one
    that its keys make."""
    last, todo = b"", list[Item]([Subtree(root, None)])
    while todo:
        item = todo.pop()
        if isinstance(item, Subtree):
            todo.extend(reversed(_items(item, get)))
        else:
            key, value = item
            if key <= last:
                raise Invalid("bad_car", "a tree whose keys are not in order")
            last = key
            yield key.decode("latin-1"), value


def _items(tree: Subtree, get: Callable[[bytes], bytes | None]) -> list[Item]:
    block = get(tree.cid)
    if block is None:
        raise Invalid("missing_block", "a tree of which a node is missing")
    first, entries = _node(block)
    items: list[Item] = []
    key, layer = b"", tree.layer
    for entry in entries:
        shared, suffix, value, after = _entry(entry)
        key = key[:shared] + suffix
        here = _layer(key)
        if shared > len(key) - len(suffix) or here != (here if layer is None else layer):
            raise Invalid("bad_car", "a tree with a key in the wrong place")
        layer = here
        items.append((key, value))
        if after is not None:
            items.append(_below(after, layer))
    if first is not None:
        items.insert(0, _below(first, layer))
    elif not entries and tree.layer is not None:
        raise Invalid("bad_car", "a tree with an empty node")
    return items


def _below(cid: bytes, layer: int | None) -> Subtree:
    if not layer:
        raise Invalid("bad_car", "a tree that goes deeper than its keys do")
    return Subtree(cid, layer - 1)


def _node(block: bytes) -> tuple[bytes | None, list[Any]]:
    try:
        node = cbor2.loads(block)
    except (cbor2.CBORDecodeError, RecursionError) as error:
        raise Invalid("bad_car", f"a node of the tree: {type(error).__name__}") from None
    match node:
        case {"l": left, "e": list(entries)}:
            return _link(left), entries
    raise Invalid("bad_car", "a node of the tree that is none")


def _entry(entry: object) -> tuple[int, bytes, bytes, bytes | None]:
    match entry:
        case {"p": int(shared), "k": bytes(suffix), "v": cbor2.CBORTag() as value, "t": after}:
            cid = _link(value)
            if shared >= 0 and cid is not None:
                return shared, suffix, cid, _link(after)
    raise Invalid("bad_car", "an entry of the tree that is none")


def _link(value: object) -> bytes | None:
    match value:
        case None:
            return None
        case cbor2.CBORTag(tag=42, value=bytes(link)) if link[:1] == b"\0" and is_node(link[1:]):
            return link[1:]
    raise Invalid("bad_car", "a link in the tree that is none")


def _layer(key: bytes) -> int:
    return (256 - int.from_bytes(sha256(key).digest(), "big").bit_length()) // 2


def _section(data: bytes, at: int, header: bool) -> tuple[int, int] | None:
    """Where the next one begins and ends; None while it is not whole."""
    size = shift = 0
    most = MOST_HEADER_BYTES if header else MOST_BLOCK_BYTES + CID_BYTES
    for start in range(at, len(data)):
        size |= (data[start] & 0x7F) << shift
        shift += 7
        if size > most:
            raise Invalid("bad_car", f"a block of {size} bytes or more")
        if data[start] < 0x80:
            end = start + 1 + size
            return (start + 1, end) if end <= len(data) else None
        if shift > 28:
            raise Invalid("bad_car", "a length without an end")
    return None


def _root(header: bytes) -> bytes:
    try:
        found = cbor2.loads(header)
    except (cbor2.CBORDecodeError, RecursionError):
        found = None
    match found:
        case {"version": 1, "roots": [cbor2.CBORTag() as root, *_]}:
            cid = _link(root)
            if cid is not None:
                return cid
    raise Invalid("bad_car", "a header without version 1 or without roots")


def _checked(section: bytes) -> tuple[bytes, bytes]:
    cid, block = section[:CID_BYTES], section[CID_BYTES:]
    digest = sha256(block).digest()
    if cid != DAG_CBOR + digest and cid != RAW + digest:
        raise Invalid("wrong_hash", f"a block that is not that of {cid.hex()}")
    return cid, block
