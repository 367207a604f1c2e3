"""CAR v1: roots, then blocks. A block that is used is hashed to see that it is what its CID says,
which the native decoder would not do."""

from hashlib import sha256
from typing import Any

from indexer.protocol.drisl import decode
from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link

# CIDv1, DAG-CBOR or raw, a SHA-256 of 32 bytes: what the protocol allows, and nothing else.
_DAG_CBOR, _RAW = b"\x01\x71\x12\x20", b"\x01\x55\x12\x20"
_CID_BYTES = 36
# The header that nearly every file has: 58 bytes of CBOR, {"roots": [link], "version": 1}.
_ONE_ROOT, _VERSION_1 = b"\x3a\xa2eroots\x81\xd8\x2a\x58\x25\x00", b"gversion\x01"
_AFTER_ROOT = len(_ONE_ROOT) + _CID_BYTES


def read_car(data: bytes) -> tuple[list[bytes], dict[bytes, bytes]]:
    """Root CIDs (at least one), and blocks by CID. Raises Invalid: `bad_car`, `wrong_hash`."""
    roots, blocks = cut_car(data)
    for cid, block in blocks.items():
        check_block(cid, block)
    return roots, blocks


def cut_car(data: bytes) -> tuple[list[bytes], dict[bytes, bytes]]:
    """The same, for who uses few of the blocks: none is checked. Raises Invalid: `bad_car`."""
    end = len(data)
    roots, at = _header(data)
    blocks: dict[bytes, bytes] = {}
    while at < end:
        size = data[at]
        if size < 0x80:
            at += 1
        elif at + 1 < end and data[at + 1] < 0x80:  # as most blocks have it
            size += (data[at + 1] << 7) - 0x80
            at += 2
        else:
            size, at = _varint(data, at)
        start = at + _CID_BYTES
        after = at + size
        if start > after or after > end:
            raise Invalid("bad_car", f"{size} bytes of CID and block at byte {at} of {end}")
        blocks[data[at:start]] = data[start:after]
        at = after
    return roots, blocks


def check_block(cid: bytes, block: bytes) -> None:
    """Raises Invalid, unless the block is what its CID says: `wrong_hash`, `bad_car`."""
    digest = sha256(block).digest()
    if cid != _DAG_CBOR + digest and cid != _RAW + digest:
        raise _refusal(cid)


def is_node(cid: bytes) -> bool:
    """Whether it names what a tree or a record is made of."""
    return len(cid) == _CID_BYTES and cid.startswith(_DAG_CBOR)


def cid_of(block: bytes) -> bytes:
    """Of a block of DAG-CBOR."""
    return _DAG_CBOR + sha256(block).digest()


def _refusal(cid: bytes) -> Invalid:
    if cid.startswith((_DAG_CBOR, _RAW)):
        return Invalid("wrong_hash", f"a block that is not that of {cid.hex()}")
    return Invalid("bad_car", f"a CID of an unknown kind: {cid.hex()}")


def _header(data: bytes) -> tuple[list[bytes], int]:
    """The roots, and where the blocks begin."""
    if data.startswith(_ONE_ROOT) and data.startswith(_VERSION_1, _AFTER_ROOT):
        return [data[len(_ONE_ROOT) : _AFTER_ROOT]], _AFTER_ROOT + len(_VERSION_1)
    size, at = _varint(data, 0)
    end = at + size
    if end > len(data):
        raise Invalid("bad_car", f"a header of {size} bytes in a file of {len(data)}")
    match _decoded(data[at:end]):
        case [{"version": 1, "roots": [Link(), *_] as roots}] if all(
            isinstance(root, Link) for root in roots
        ):
            return list(roots), end
    raise Invalid("bad_car", "a header without version 1 or without roots")


def _decoded(header: bytes) -> list[Any]:
    try:
        return decode(header)
    except Invalid as error:
        raise Invalid("bad_car", f"its header: {error.detail}") from None


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number of at most 63 bits, and where it ends."""
    value = shift = 0
    for end in range(at, min(at + 9, len(data))):
        byte = data[end]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, end + 1
        shift += 7
    raise Invalid("bad_car", f"a length without an end at byte {at} of {len(data)}")
