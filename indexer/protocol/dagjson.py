"""Records that came as atproto JSON, written as the DAG-CBOR that their CID is of."""

import binascii
from base64 import b32decode, b64decode
from hashlib import sha256
from typing import Any

import cbor2

from indexer.protocol.errors import Invalid
from indexer.protocol.record import DEEPEST, MOST_BYTES
from indexer.protocol.syntax import cid_text, is_cid, shown

_DAG_CBOR, _LINK = b"\x01\x71\x12\x20", 42
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1


def block_of_json(record: object, cid: str) -> bytes:
    """The record's block, when that is what the CID says. Raises Invalid: `bad_record`,
    `wrong_hash`, `too_big`."""
    block = _written(record)
    if len(block) > MOST_BYTES:
        raise Invalid("too_big", f"a record of {len(block)} bytes")
    found = cid_text(_DAG_CBOR + sha256(block).digest())
    if found != cid:
        raise Invalid("wrong_hash", f"the record is {found}, and is said to be {shown(cid)}")
    return block


def _written(record: object) -> bytes:
    try:
        block: bytes = cbor2.dumps(_plain(record, 0), canonical=True)
    except (
        UnicodeEncodeError
    ) as error:  # halves of surrogate pairs, which some decoders let through
        raise Invalid("bad_record", f"a text that is none: {error.reason}") from None
    return block


def _plain(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Invalid("bad_record", f"nested more than {DEEPEST} deep")
    match value:
        case None | bool() | str():
            return value
        case int() if _LOWEST <= value <= _HIGHEST:
            return value
        case {"$link": str(cid)} if len(value) == 1:
            return cbor2.CBORTag(_LINK, b"\0" + _cid(cid))
        case {"$bytes": str(text)} if len(value) == 1:
            return _bytes(text)
        case dict():
            return {name: _plain(inner, depth + 1) for name, inner in value.items()}
        case list():
            return [_plain(inner, depth + 1) for inner in value]
    raise Invalid("bad_record", f"what no record may hold: {shown(value)}")


def _cid(text: str) -> bytes:
    """In base32 without padding, behind the letter that says so."""
    if not is_cid(text):
        raise Invalid("bad_record", f"no CID: {shown(text)}")
    try:
        return b32decode(text[1:].upper() + "=" * (-len(text[1:]) % 8))
    except binascii.Error:
        raise Invalid("bad_record", f"no CID: {shown(text)}") from None


def _bytes(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except ValueError:  # what is not ASCII is not a binascii.Error
        raise Invalid("bad_record", f"no base64: {shown(text)}") from None
