"""The log of the directory of did:plc: a line of JSON for each operation, oldest first.

An operation says all that is so after it: of one DID, the newest line that is not nullified is
what its document says. Signatures are the directory's to check, and are not looked at.
"""

from datetime import datetime
from typing import Any, NamedTuple

import orjson

from indexer.protocol.endpoint import parse_endpoint
from indexer.protocol.errors import Invalid
from indexer.protocol.identity import (
    KEY,
    LABEL_KEY,
    LABELER,
    LABELER_TYPE,
    MOST_BYTES,
    MOST_ENTRIES,
    PDS,
    PDS_TYPE,
    Document,
    claimed_handle,
)
from indexer.protocol.key import parse_did_key
from indexer.protocol.resolution import is_plc
from indexer.protocol.syntax import parse_datetime, shown


class Change(NamedTuple):
    did: str
    document: Document | None  # None: a tombstone, the DID is no more
    created_at: datetime


def read_line(line: bytes) -> Change | None:
    """None when it is nullified. Raises Invalid: `too_big`, `bad_operation`."""
    if len(line) > MOST_BYTES:
        raise Invalid("too_big", f"an operation of {len(line)} bytes")
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Invalid("bad_operation", str(error)) from None
    match entry:
        case {"nullified": True}:
            return None
        case {"did": str(did), "operation": dict(operation)} if is_plc(did):
            created_at = parse_datetime(entry.get("createdAt"))
            if created_at is not None:
                return Change(did, _document(did, operation), created_at)
    raise Invalid("bad_operation", f"no operation of a DID at a time: {shown(entry)}")


def _document(did: str, operation: dict[str, Any]) -> Document | None:
    match operation.get("type"):
        case "plc_operation":
            return _today(did, operation)
        case "create":
            return _as_of_old(did, operation)
        case "plc_tombstone":
            return None
        case unknown:
            raise Invalid("bad_operation", f"{did}: of an unknown type: {shown(unknown)}")


def _today(did: str, operation: dict[str, Any]) -> Document:
    keys = _dict(operation.get("verificationMethods"))
    services = _dict(operation.get("services"))
    names = operation.get("alsoKnownAs")
    return Document(
        did,
        claimed_handle(names[:MOST_ENTRIES]) if isinstance(names, list) else None,
        _endpoint(services.get(PDS), PDS_TYPE),
        _key(keys.get(KEY)),
        _endpoint(services.get(LABELER), LABELER_TYPE),
        _key(keys.get(LABEL_KEY)),
    )


def _as_of_old(did: str, operation: dict[str, Any]) -> Document:
    """The first form of an operation, with a handle and a host that may lack their schemes."""
    handle, host = _text(operation.get("handle")), _text(operation.get("service"))
    bare = handle.removeprefix("at://").removeprefix("https://").removeprefix("http://")
    url = host if host.startswith(("https://", "http://")) else f"https://{host}"
    key = _key(operation.get("signingKey"))
    return Document(did, claimed_handle([f"at://{bare}"]), parse_endpoint(url), key, None, None)


def _endpoint(service: object, kind: str) -> str | None:
    match service:
        case {"type": str(named), "endpoint": str(text)} if named == kind:
            return parse_endpoint(text)
    return None


def _key(text: object) -> str | None:
    """Of a kind that is no use here, there may be any."""
    try:
        return parse_did_key(_text(text)).text
    except Invalid:
        return None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
