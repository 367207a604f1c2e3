"""A firehose frame, decoded to the event it tells of.

A frame that says what it must not is refused whole; an op that may not be stored is set aside and
the rest of its commit stands.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import libipld

from indexer.protocol.car import read_car
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Account, Commit, Event, Identity, Refused, Sync
from indexer.protocol.json import ambiguous, decode_tagged
from indexer.protocol.op import Op
from indexer.protocol.syntax import (
    AtUri,
    is_did,
    is_nsid,
    is_rkey,
    is_tid,
    parse_datetime,
    tid_time,
)

MOST_OPS = 200
MOST_BLOCK_BYTES = 2_000_000
MOST_RECORD_BYTES = 1_000_000
DEEPEST = 32
REPO_VERSION = 3
AHEAD = timedelta(minutes=5)  # how far a clock may be wrong
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INTEGERS = range(-(2**63), 2**63)


def decode(frame: bytes, received_us: int) -> Event | None:
    """None for kinds that are not events of ours. Raises `Invalid` when all of it is refused.

    `received_us`: when it came, by our clock, in microseconds since 1970.
    """
    try:
        header, body = libipld.decode_dag_cbor_multi(frame)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_frame", str(error)) from None
    if not isinstance(header, dict) or not isinstance(body, dict):
        raise Invalid("bad_frame", "header or body is no map")
    make = _KINDS.get(header.get("t")) if header.get("op") == 1 else None
    return make(body, EPOCH + timedelta(microseconds=received_us)) if make else None


def _identity(body: dict[str, Any], received: datetime) -> Identity:
    handle = body.get("handle")
    return Identity(
        _seq(body),
        _did(body, "did"),
        _arrival(body, received),
        handle if isinstance(handle, str) else None,
    )


def _account(body: dict[str, Any], received: datetime) -> Account:
    active = _field(body, "active", bool)
    status = body.get("status")
    if status is not None and (not isinstance(status, str) or "\0" in status):
        raise Invalid("bad_frame", "status: no text")
    return Account(_seq(body), _did(body, "did"), _arrival(body, received), active, status)


def _sync(body: dict[str, Any], received: datetime) -> Sync:
    rev = _rev(body, received)
    roots, blocks = read_car(_field(body, "blocks", bytes))
    data = _signed_data(blocks.get(roots[0]), body, _did(body, "did"))
    return Sync(_seq(body), _did(body, "did"), _arrival(body, received), rev, data)


def _commit(body: dict[str, Any], received: datetime) -> Commit:
    seq, did, rev = _seq(body), _did(body, "repo"), _rev(body, received)
    time = _arrival(body, received)
    since, prev_data = body.get("since"), body.get("prevData")
    if not isinstance(since, str | None) or not isinstance(prev_data, bytes | None):
        raise Invalid("bad_frame", "since is no text, or prevData no link")
    ops, car = _field(body, "ops", list), _field(body, "blocks", bytes)
    if len(ops) > MOST_OPS:
        raise Invalid("too_many_ops", f"{len(ops)} ops in one commit")
    if len(car) > MOST_BLOCK_BYTES:
        raise Invalid("too_big", f"{len(car)} bytes of blocks")
    roots, blocks = read_car(car)
    if roots[0] != body.get("commit"):
        raise Invalid("bad_commit", "the root of the blocks is not the commit")
    data = _signed_data(blocks.get(roots[0]), body, did)
    good, refused = [], []
    for op in _ops(ops, did, blocks, (rev, seq, time)):
        (good if isinstance(op, Op) else refused).append(op)
    return Commit(seq, did, time, rev, since, prev_data, data, tuple(good), tuple(refused))  # type: ignore[arg-type]


def _signed_data(block: bytes | None, body: dict[str, Any], did: str) -> bytes:
    """The root of the tree, from the commit that was signed, which must be the frame's."""
    if block is None:
        raise Invalid("missing_block", "the commit is not among the blocks")
    match _decoded(block, "bad_commit"):
        case {"did": str(signed), "rev": str(rev), "version": 3, "data": bytes(data)}:
            if (signed, rev) == (did, body["rev"]):
                return data
    raise Invalid("bad_commit", "the signed commit is not the one that the frame tells of")


def _ops(
    ops: list[Any], did: str, blocks: Mapping[bytes, bytes], at: tuple[str, int, datetime]
) -> Iterator[Op | Refused]:
    seen: set[str] = set()
    for op in ops:
        match op:
            case {"action": "create" | "update" | "delete" as action, "path": str(path)}:
                if path in seen:
                    raise Invalid("duplicate_path", f"two ops on {path[:200]!r}")
                seen.add(path)
                yield _op(action, path, op.get("cid"), did, blocks, at)
            case _:
                raise Invalid("bad_frame", "an op without action or path")


def _op(
    action: Any,
    path: str,
    cid: Any,
    did: str,
    blocks: Mapping[bytes, bytes],
    at: tuple[str, int, datetime],
) -> Op | Refused:
    collection, _, rkey = path.partition("/")
    if not is_nsid(collection) or not is_rkey(rkey):
        return Refused(None, "bad_path", f"{path[:200]!r} is no collection and record key", None)
    uri = AtUri(f"at://{did}/{path}")
    if action == "delete":
        return Op(action, uri, None, {}, b"", *at)
    block = blocks.get(cid) if isinstance(cid, bytes) else None
    if block is None:
        raise Invalid("missing_block", f"the record of {path} is not among the blocks")
    try:
        record = _record(block, collection)
    except Invalid as error:
        return Refused(uri, error.reason, error.detail, block)
    return Op(action, uri, libipld.encode_cid(cid), record, block, *at)


def _record(block: bytes, collection: str) -> dict[str, Any]:
    if len(block) > MOST_RECORD_BYTES:
        raise Invalid("too_big", f"a record of {len(block)} bytes")
    record = _decoded(block, "bad_record")
    if not isinstance(record, dict):
        raise Invalid("bad_record", "no map")
    if record.get("$type") != collection:
        raise Invalid("type_mismatch", f"$type is {str(record.get('$type'))[:200]!r}")
    _check_model(record, 0)
    return decode_tagged(block) if ambiguous(block) else record


def _check_model(value: Any, depth: int) -> None:
    """What the decoder lets through and the data model does not."""
    if depth > DEEPEST:
        raise Invalid("bad_record", f"nested deeper than {DEEPEST}")
    if isinstance(value, dict):
        for inner in value.values():
            _check_model(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_model(inner, depth + 1)
    elif isinstance(value, float) or (isinstance(value, int) and value not in INTEGERS):
        raise Invalid("bad_record", f"a number that may not be: {value}")


def _decoded(block: bytes, reason: str) -> Any:
    try:
        return libipld.decode_dag_cbor(block)
    except (ValueError, RecursionError) as error:
        raise Invalid(reason, str(error)) from None


def _field(body: dict[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if not isinstance(value, kind):
        raise Invalid("bad_frame", f"{name}: {type(value).__name__} where {kind.__name__} must be")
    return value


def _seq(body: dict[str, Any]) -> int:
    seq: int = _field(body, "seq", int)
    if not 0 < seq < 2**63:
        raise Invalid("bad_frame", f"seq: {seq}")
    return seq


def _did(body: dict[str, Any], name: str) -> str:
    did: str = _field(body, name, str)
    if not is_did(did):
        raise Invalid("bad_frame", f"{name}: no DID: {did[:200]!r}")
    return did


def _rev(body: dict[str, Any], received: datetime) -> str:
    rev: str = _field(body, "rev", str)
    if not is_tid(rev):
        raise Invalid("bad_rev", f"{rev[:200]!r} is no TID")
    if tid_time(rev) > received + AHEAD:
        raise Invalid("future_rev", f"{rev} is of {tid_time(rev):%Y-%m-%d %H:%M:%S} UTC")
    return rev


def _arrival(body: dict[str, Any], received: datetime) -> datetime:
    time = parse_datetime(body.get("time"))
    return min(time, received) if time else received


_KINDS = {"#commit": _commit, "#sync": _sync, "#identity": _identity, "#account": _account}
