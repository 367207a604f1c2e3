"""Labels, as labelers say them: what they mean, and the bytes that are signed.

What is signed is the DAG-CBOR of the fields that a label has by its specification, without `sig`;
whatever else stands beside them is no part of it. It is kept whole, with times spelled as they
were, so that whoever gets it from us can check it too.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

import libipld

from indexer.protocol.drisl import decode
from indexer.protocol.errors import Invalid
from indexer.protocol.key import Key
from indexer.protocol.signature import verify
from indexer.protocol.syntax import (
    LONGEST_DID,
    LONGEST_KEY,
    at_uri,
    check_length,
    clean,
    is_cid,
    is_did,
    parse_datetime,
    shown,
)

VERSION = 1
LONGEST_VALUE = 128  # bytes
LONGEST_CID = 256

_VALUE = re.compile(r"!?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_FIELDS = {
    "ver": int,
    "neg": bool,
    **dict.fromkeys(("src", "uri", "cid", "val", "cts", "exp"), str),
}


class Label(NamedTuple):
    """`key` is what its row is found by, the same for all that was ever said of one identity."""

    key: str
    src: str
    uri: str
    val: str
    neg: bool
    cid: str | None
    cts: datetime
    exp: datetime | None
    block: bytes  # what is signed
    sig: bytes | None


def key_of(src: str, uri: str, val: str) -> str:
    """No record's URI is like it."""
    digest = sha256(b"\0".join((uri.encode(), val.encode()))).hexdigest()
    return f"label:{src}#{digest[:40]}"


def read_label(value: object) -> Label:
    """A label as it was decoded. Raises Invalid: `bad_label`, `too_big`."""
    if not isinstance(value, dict):
        raise Invalid("bad_label", f"no map: {shown(value)}")
    fields = {"ver": VERSION} | {name: value[name] for name in _FIELDS if name in value}
    sig = value.get("sig")
    for name, field in fields.items():
        if field is not None and type(field) is not _FIELDS[name]:
            raise Invalid("bad_label", f"{name}: {shown(field)}")
    if not isinstance(sig, bytes | None) or fields["ver"] != VERSION:
        raise Invalid("bad_label", f"no label of version {VERSION}: {shown(value)}")
    return _label(fields, sig)


def make_label(
    src: str, uri: str, val: str, cts: datetime, *, neg: bool, cid: str | None, exp: datetime | None
) -> Label:
    """One of our own, not signed yet. Raises Invalid: `bad_label`, `bad_record`, `too_big`."""
    check_value(val)
    check_subject(uri)
    if cid is not None and not is_cid(cid):
        raise Invalid("bad_label", f"cid: {shown(cid)}")
    fields = {
        "ver": VERSION,
        "src": src,
        "uri": uri,
        "cid": cid,
        "val": val,
        "neg": neg or None,
        "cts": spelled(cts),
        "exp": None if exp is None else spelled(exp),
    }
    return _label({name: field for name, field in fields.items() if field is not None}, None)


def check_value(val: str) -> None:
    """Raises Invalid: `bad_label`."""
    if len(val.encode()) > LONGEST_VALUE:
        raise Invalid("bad_label", f"val: longer than {LONGEST_VALUE} bytes")
    if not _VALUE.fullmatch(val):
        raise Invalid(
            "bad_label",
            f"val: {shown(val)} is not made of small letters, digits and hyphens",
        )


def check_subject(uri: str) -> None:
    """An account or a record. Raises Invalid: `bad_label`, `bad_record`, `too_big`."""
    check_length(uri, LONGEST_KEY)
    if not is_did(uri) and not is_did(uri.removeprefix("at://")):
        if not uri.startswith("at://"):
            raise Invalid("bad_label", f"uri: neither a DID nor an at:// URI: {shown(uri)}")
        at_uri(uri)


def signed_by(label: Label, key: Key) -> bool:
    return label.sig is not None and verify(key, label.sig, label.block)


def fields_of(block: bytes) -> dict[str, Any]:
    """Of what is stored."""
    fields: dict[str, Any] = decode(block)[0]
    return fields


def whole(block: bytes, sig: bytes | None) -> dict[str, Any]:
    """A label with its signature, to be encoded."""
    fields = fields_of(block)
    return fields if sig is None else fields | {"sig": sig}


def spelled(time: datetime) -> str:
    """To the millisecond, as clients of every language read it."""
    return f"{time.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def _label(fields: Mapping[str, Any], sig: bytes | None) -> Label:
    src, uri, val = (_text(fields, name) for name in ("src", "uri", "val"))
    if not is_did(src):
        raise Invalid("bad_label", f"src: no DID: {shown(src)}")
    check_length(src, LONGEST_DID)
    check_length(clean(uri), LONGEST_KEY)
    if len(clean(val).encode()) > LONGEST_VALUE:
        raise Invalid("bad_label", f"val: longer than {LONGEST_VALUE} bytes")
    cid, cts, exp = fields.get("cid"), _time(fields, "cts"), fields.get("exp")
    check_length(clean(cid or ""), LONGEST_CID)
    block: bytes = libipld.encode_dag_cbor(dict(fields))
    return Label(
        key_of(src, uri, val),
        src,
        clean(uri),
        clean(val),
        fields.get("neg") is True,
        cid and clean(cid),
        cts,
        None if exp is None else _time(fields, "exp"),
        block,
        sig,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    text = fields.get(name)
    if isinstance(text, str) and text:
        return text
    raise Invalid("bad_label", f"{name}: {shown(text)}")


def _time(fields: Mapping[str, Any], name: str) -> datetime:
    time = parse_datetime(fields.get(name))
    if time is None:
        raise Invalid("bad_label", f"{name}: no datetime: {shown(fields.get(name))}")
    return time
