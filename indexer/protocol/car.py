"""CAR files, as commits carry them: a header, then blocks, each hashed to see that it is what its
CID says."""

from hashlib import sha256

import libipld

from indexer.protocol.errors import Invalid

CID_LENGTH = 36
CID_STARTS = (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20")  # CIDv1, DAG-CBOR or raw, SHA-256


def read_car(data: bytes) -> tuple[list[bytes], dict[bytes, bytes]]:
    """Root CIDs, and blocks by CID. Raises `Invalid`: `bad_car`, `wrong_hash`."""
    length, at = _varint(data, 0)
    if length == 0 or at + length > len(data):
        raise Invalid("bad_car", f"header of {length} bytes in a file of {len(data)}")
    roots = _roots(data[at : at + length])
    at += length
    blocks: dict[bytes, bytes] = {}
    end = len(data)
    while at < end:
        length, at = _varint(data, at)
        after = at + length
        if length < CID_LENGTH or after > end:
            raise Invalid("bad_car", f"block of {length} bytes at byte {at} of {end}")
        cid = data[at : at + CID_LENGTH]
        block = data[at + CID_LENGTH : after]
        if not cid.startswith(CID_STARTS):
            raise Invalid("bad_car", f"CID of an unknown kind at byte {at}: {cid[:4].hex()}")
        if sha256(block).digest() != cid[4:]:
            raise Invalid("wrong_hash", f"block at byte {at} is not what its CID says: {cid.hex()}")
        blocks[cid] = block
        at = after
    return roots, blocks


def _roots(header: bytes) -> list[bytes]:
    try:
        decoded = libipld.decode_dag_cbor(header)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_car", f"header: {error}") from None
    match decoded:
        case {"version": 1, "roots": [bytes(), *_] as roots}:
            return [bytes(root) for root in roots]
    raise Invalid("bad_car", "header without version 1 or without roots")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    for end in range(at, min(at + 9, len(data))):
        byte = data[end]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, end + 1
        shift += 7
    raise Invalid("bad_car", f"length at byte {at} does not end")
