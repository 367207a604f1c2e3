"""Records as atproto JSON: `$link`, `$bytes`, names as they are.

The decoder gives links and byte strings alike as bytes. Those that look like a CID are told apart
on the raw block, where a link has a tag before it; a record in which that would not do is decoded
so that its links are of the type `Link`.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import cbor2
import orjson

from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import cid_text

CID_STARTS = (b"\x01\x71\x12\x20", b"\x01\x55\x12\x20")
CID_LENGTH = 36
LINK = b"\xd8\x2a\x58\x25\x00"  # tag 42, a byte string of 37, the prefix of a binary CID
BYTES = b"\x58\x24"  # a byte string of 36
TAG = 42
NUL, BACKSLASH, REPLACEMENT = "\\u0000", "\\", "\ufffd"


class Link(bytes):
    """A CID that stands in the record as a link."""


def ambiguous(block: bytes) -> bool:
    """Whether links and other bytes may have to be told apart when the record is decoded."""
    return BYTES in block and LINK in block


def decode_tagged(block: bytes) -> Any:
    """Slow, and lax about what DAG-CBOR forbids: only for what the decoder has accepted."""
    return cbor2.loads(block, tag_hook=_untag)


def json_text(value: object, block: bytes) -> str:
    """JSON of a record, or of a part of it, whose DAG-CBOR is `block`. Raises `Invalid`."""
    try:
        text = orjson.dumps(value, default=_spell(block)).decode()
    except TypeError as error:  # orjson's for whatever it has no JSON for, or that is too deep
        raise Invalid("bad_record", f"no JSON for it: {error}") from None
    return _without_nul(text) if NUL in text else text


def _spell(block: bytes) -> Callable[[Any], dict[str, str]]:
    def spell(value: Any) -> dict[str, str]:
        if isinstance(value, Link) or _is_link(value, block):
            return {"$link": cid_text(value)}
        if isinstance(value, bytes):
            return {"$bytes": b64encode(value).decode().rstrip("=")}
        raise TypeError(type(value).__name__)

    return spell


def _is_link(value: Any, block: bytes) -> bool:
    return (
        isinstance(value, bytes)
        and len(value) == CID_LENGTH
        and value.startswith(CID_STARTS)
        and LINK + value in block
        and BYTES + value not in block
    )


def _without_nul(text: str) -> str:
    """An escaped NUL becomes U+FFFD; an escaped backslash before `u0000` is left alone."""
    parts = text.split(NUL)
    result = parts[0]
    for part in parts[1:]:
        backslashes = len(result) - len(result.rstrip(BACKSLASH))
        result += (REPLACEMENT if backslashes % 2 == 0 else NUL) + part
    return result


def _untag(tag: Any, *_: Any) -> Any:
    """cbor2 6 calls it with the tag and whether it must be immutable; older ones the other way."""
    return Link(tag.value[1:]) if tag.tag == TAG else tag
