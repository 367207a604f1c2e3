"""CAR v1: roots, then blocks. Every block is hashed to see that it is what its CID says, which the
native decoder would not do."""

from hashlib import sha256

from indexer.protocol.errors import Invalid
from indexer.protocol.record import decode_block

# CIDv1, DAG-CBOR or raw, a SHA-256 of 32 bytes: what the protocol allows, and nothing else.
_CID_STARTS = (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20")
_START_BYTES = 4
_CID_BYTES = 36


def read_car(data: bytes) -> tuple[list[bytes], dict[bytes, bytes]]:
    """Root CIDs (at least one), and blocks by CID. Raises Invalid: `bad_car`, `wrong_hash`."""
    size, at = _varint(data, 0)
    end = len(data)
    if at + size > end:
        raise Invalid("bad_car", f"a header of {size} bytes in a file of {end}")
    roots = _roots(data[at : at + size])
    at += size
    blocks: dict[bytes, bytes] = {}
    while at < end:
        size, at = _varint(data, at)
        body = at + _CID_BYTES
        after = at + size
        if after > end or body > after:
            raise Invalid("bad_car", f"{size} bytes of CID and block at byte {at} of {end}")
        cid, block = data[at:body], data[body:after]
        if not cid.startswith(_CID_STARTS):
            raise Invalid("bad_car", f"a CID of an unknown kind at byte {at}: {cid.hex()}")
        if sha256(block).digest() != cid[_START_BYTES:]:
            raise Invalid("wrong_hash", f"the block at byte {at} is not that of {cid.hex()}")
        blocks[cid] = block
        at = after
    return roots, blocks


def _roots(header: bytes) -> list[bytes]:
    match decode_block(header, "bad_car"):
        case {"version": 1, "roots": [bytes(), *_] as roots} if all(
            isinstance(root, bytes) for root in roots
        ):
            return list(roots)
    raise Invalid("bad_car", "a header without version 1 or without roots")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number of at most 63 bits, and where it ends."""
    value = shift = 0
    for end, byte in enumerate(data[at : at + 9], at + 1):
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, end
        shift += 7
    raise Invalid("bad_car", f"a length without an end at byte {at} of {len(data)}")
