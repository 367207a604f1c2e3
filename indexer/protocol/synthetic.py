"""The frames that our own coordinator makes of what it fetched. No relay can send one: what has no
sequence number is decoded here, and nothing else is.

Whoever makes one has checked signature and tree. What the records themselves say is checked here,
in a process that native decoders may take down.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import libipld

from indexer.protocol.body import Body, did_of, field, maybe, rev_of
from indexer.protocol.commit import Revision, stored
from indexer.protocol.errors import BadFraming
from indexer.protocol.event import Fetched, Part, Refused, Release
from indexer.protocol.op import NO_FRAME, Op, deletion
from indexer.protocol.syntax import EPOCH, AtUri, at_uri, is_tid, tid_time

_US = timedelta(microseconds=1)


class Kind(StrEnum):
    RECORD = "#record"
    PART = "#part"
    RELEASE = "#release"


class Difference(NamedTuple):
    """What has to be done to one record for the repo to be stored as it is."""

    path: str  # collection/rkey
    cid: bytes | None = None  # None: it is not in the repo
    block: bytes = b""
    tell: bool = False  # whether it is news, and whoever it concerns is told


def record_frame(
    uri: AtUri,
    cid: bytes,
    block: bytes,
    *,
    subject: str,
    claim: datetime,
    rev: str | None,
    known: str | None,
) -> bytes:
    """A record as its PDS has it; the other arguments are as in `Fetched`."""
    body = {
        "did": uri.did,
        "uri": uri,
        "cid": cid,
        "block": block,
        "subject": subject,
        "claim": (claim - EPOCH) // _US,
        "rev": rev,
        "known": known,
    }
    return _frame(Kind.RECORD, body)


def part_frame(
    did: str,
    token: int,
    number: int,
    differences: Iterable[Difference],
    *,
    rev: str,
    data: bytes,
    last: bool,
) -> bytes:
    """Parts of one token are numbered from 1; `rev` and `data` are of the repo's head."""
    body = {
        "did": did,
        "token": token,
        "number": number,
        "ops": [list(difference) for difference in differences],
        "rev": rev,
        "data": data,
        "last": last,
    }
    return _frame(Kind.PART, body)


def release_frame(did: str, token: int) -> bytes:
    """What was held back for this fetching is to be applied now."""
    return _frame(Kind.RELEASE, {"did": did, "token": token})


def decode_synthetic(frame: bytes, received_us: int) -> Fetched | Part | Release:
    """Raises BadFraming, Invalid: mistakes of ours."""
    try:
        header, body = libipld.decode_dag_cbor_multi(frame)
    except ValueError as error:
        raise BadFraming(str(error)) from None
    time = EPOCH + received_us * _US
    match header["t"]:
        case Kind.RECORD:
            return _record(body, time)
        case Kind.PART:
            return _part(body, time, received_us)
        case Kind.RELEASE:
            return Release(did_of(body, "did"), time, field(body, "token", int))
    raise BadFraming(f"no frame of ours: {header}")


def _frame(kind: Kind, body: dict[str, Any]) -> bytes:
    encoded: bytes = libipld.encode_dag_cbor({"op": 1, "t": kind.value}) + libipld.encode_dag_cbor(
        body
    )
    return encoded


def _record(body: Body, time: datetime) -> Fetched:
    rev, known = maybe(body, "rev", str), maybe(body, "known", str)
    uri = at_uri(body.get("uri"))
    revision = Revision(rev or known or "", None, _arrival(uri, time))
    op = stored("update", uri, field(body, "cid", bytes), field(body, "block", bytes), revision)
    return Fetched(
        uri.did,
        time,
        field(body, "subject", str),
        EPOCH + field(body, "claim", int) * _US,
        rev,
        known,
        *_apart([op]),
    )


def _part(body: Body, time: datetime, received_us: int) -> Part:
    did, rev = did_of(body, "did"), rev_of(body, received_us)
    return Part(
        did,
        time,
        field(body, "token", int),
        field(body, "number", int),
        field(body, "last", bool),
        rev,
        field(body, "data", bytes),
        *_apart([_op(did, Difference(*of), rev, time) for of in field(body, "ops", list)]),
    )


def _op(did: str, of: Difference, rev: str, time: datetime) -> Op | Refused:
    uri = at_uri(f"at://{did}/{of.path}")
    revision = Revision(rev, NO_FRAME if of.tell else None, _arrival(uri, time))
    if of.cid is None:
        return deletion(uri, *revision)
    return stored("update", uri, of.cid, of.block, revision)


def _arrival(uri: AtUri, now: datetime) -> datetime:
    """When a record came that we did not see come: when its key was made, as far as that tells.
    It does not depend on when we fetched it."""
    return min(tid_time(uri.rkey), now) if is_tid(uri.rkey) else now


def _apart(found: list[Op | Refused]) -> tuple[tuple[Op, ...], tuple[Refused, ...]]:
    ops = tuple(one for one in found if isinstance(one, Op))
    return ops, tuple(one for one in found if isinstance(one, Refused))
