"""Records as atproto JSON: names as they are, links as `$link`, byte strings as `$bytes`.

The decoder gives links and byte strings alike as `bytes`, and one may look just like the other.
They are told apart on the record's block: a link's CID is preceded by a zero byte, a byte string
by the last byte of its head. Where both stand in one block, or where there are so many that looking
for each would take long, the record was decoded with its links as `Link` and its byte strings as
`Octets`.
"""

import re
from base64 import b64encode
from typing import Any

import orjson

from indexer.protocol.syntax import cid_text

# A NUL as JSON spells it: the backslash before its `u` is not itself escaped.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class Link(bytes):
    """A CID that is known to stand in its record as a link."""

    __slots__ = ()


class Octets(bytes):
    """A byte string that is known to stand in its record as one."""

    __slots__ = ()


def json_text(value: object, block: bytes) -> str:
    """JSON of a record, or of a part of it, whose DAG-CBOR is `block`; each NUL as U+FFFD."""

    def spell(value: Any) -> dict[str, str]:
        if not isinstance(value, bytes):
            raise TypeError(f"no JSON for a {type(value).__name__}")
        if is_link(value, block):
            return {"$link": cid_text(value)}
        return {"$bytes": b64encode(value).decode().rstrip("=")}

    text = orjson.dumps(value, default=spell).decode()
    return _NUL.sub("\\1\ufffd", text) if "\\u0000" in text else text


def is_link(value: bytes, block: bytes) -> bool:
    if isinstance(value, Link | Octets):
        return isinstance(value, Link)
    return _follows_zero(value, block) and not _follows_head(value, block)


def is_unclear(value: bytes, block: bytes) -> bool:
    """Whether only decoding `block` once more tells if `value` is a link."""
    return _follows_zero(value, block) and _follows_head(value, block)


def _follows_zero(value: bytes, block: bytes) -> bool:
    return b"\0" + value in block


def _follows_head(value: bytes, block: bytes) -> bool:
    """A head of any width ends with the lowest byte of the length, or is a byte that holds it."""
    size = len(value)
    long = bytes((size & 0xFF,)) + value in block
    return long or (size < 24 and bytes((0x40 | size,)) + value in block)
