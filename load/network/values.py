"""Decoded records as atproto JSON."""

from base64 import b64encode
from typing import Any

import orjson

from indexer.protocol.json import Link
from indexer.protocol.syntax import cid_text


def json_of(value: Any) -> bytes:
    """`value` as `drisl.decode` gives it."""
    return orjson.dumps(value, default=_spelled)


def _spelled(value: Any) -> dict[str, str]:
    match value:
        case Link():
            return {"$link": cid_text(value)}
        case bytes():
            return {"$bytes": b64encode(value).decode().rstrip("=")}
    raise TypeError(f"no JSON for a {type(value).__name__}")
