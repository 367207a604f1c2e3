"""One message of the firehose, header and body, decoded to the event that it tells of."""

from collections.abc import Callable

import libipld

from indexer.protocol.body import Body, arrival_of, did_of, field, maybe, rev_of, seq_of
from indexer.protocol.commit import decode_commit
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.event import Account, Event, Identity, Sync
from indexer.protocol.signed import open_commit
from indexer.protocol.syntax import clean

MESSAGE = 1
MOST_SYNC_BYTES = 10_000


def decode(frame: bytes, received_us: int) -> Event | None:
    """None when there is nothing to apply: errors, `#info`, kinds and operations yet unknown.

    `received_us` is our clock when the frame came, in microseconds since 1970. Raises Invalid when
    all of the frame is refused; BadFraming when it is none.
    """
    kind, body = _cut(frame)
    decode_body = _KINDS.get(kind)
    return None if decode_body is None else decode_body(body, received_us, frame)


def _cut(frame: bytes) -> tuple[str, Body]:
    try:
        parts = libipld.decode_dag_cbor_multi(frame)
    except ValueError as error:
        raise BadFraming(str(error)) from None
    except RecursionError:
        raise BadFraming("nested without end") from None
    header = parts[0] if parts else None
    if not isinstance(header, dict) or type(header.get("op")) is not int:
        raise BadFraming("no header")
    if header["op"] != MESSAGE:
        return "", {}
    kind = header.get("t")
    if not isinstance(kind, str) or len(parts) != 2 or not isinstance(parts[1], dict):
        raise BadFraming("a header without kind, or a body that is not one map")
    return kind, parts[1]


def _identity(body: Body, received_us: int, _frame: bytes) -> Identity:
    handle = maybe(body, "handle", str)
    return Identity(
        seq_of(body),
        did_of(body, "did"),
        arrival_of(body, received_us),
        None if handle is None else clean(handle),
    )


def _account(body: Body, received_us: int, _frame: bytes) -> Account:
    status = maybe(body, "status", str)
    return Account(
        seq_of(body),
        did_of(body, "did"),
        arrival_of(body, received_us),
        field(body, "active", bool),
        None if status is None else clean(status),
    )


def _sync(body: Body, received_us: int, frame: bytes) -> Sync:
    did, rev = did_of(body, "did"), rev_of(body, received_us)
    blocks = field(body, "blocks", bytes)
    if len(blocks) > MOST_SYNC_BYTES:
        raise Invalid("too_big", f"{len(blocks)} bytes of blocks in a #sync")
    signed = open_commit(blocks, did, rev)
    return Sync(seq_of(body), did, arrival_of(body, received_us), rev, signed.data, frame)


_KINDS: dict[str, Callable[[Body, int, bytes], Event]] = {
    "#commit": decode_commit,
    "#identity": _identity,
    "#account": _account,
    "#sync": _sync,
}
