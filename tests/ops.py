"""Commits and other events, spelled shortly: one account's history, as its repo would tell it."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import cbor2
import libipld

from indexer.protocol.event import Account, Commit, Identity, Sync
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri

START = datetime(2026, 1, 1, tzinfo=UTC)
ROOT = bytes.fromhex("01711220") + bytes(32)
ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
Change = tuple[str, str, dict[str, Any] | None]  # action, collection/rkey, record


def tid(n: int) -> str:
    """The n-th record key or revision of a test."""
    digits = ""
    for _ in range(13):
        n, digit = divmod(n, 32)
        digits = ALPHABET[digit] + digits
    return "3k" + digits[2:]


def block(record: dict[str, Any]) -> bytes:
    """DAG-CBOR of a record in atproto JSON."""
    return cbor2.dumps(_plain(record), canonical=True)


def cid(data: bytes) -> str:
    return libipld.encode_cid(bytes.fromhex("01711220") + sha256(data).digest())


def _plain(value: Any) -> Any:
    match value:
        case {"$link": str(link)}:
            return cbor2.CBORTag(42, b"\0" + bytes(libipld.decode_multibase(link)[1]))
        case {"$bytes": str(text)}:
            return b64decode(text + "=" * (-len(text) % 4))
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
    return value


class Stream:
    """A relay's stream: numbers its events, and remembers each repo's last commit."""

    def __init__(self, start: datetime = START) -> None:
        self._seq = count(1)
        self._revs = count(1)
        self._last: dict[str, str] = {}
        self._start = start

    def commit(self, did: str, *changes: Change) -> Commit:
        seq, time = self._next()
        rev, since = tid(next(self._revs)), self._last.get(did)
        self._last[did] = rev
        ops = tuple(self._op(did, change, rev, seq, time) for change in changes)
        return Commit(seq, did, time, rev, since, ROOT if since else None, ROOT, ops, ())

    def create(self, did: str, collection: str, record: dict[str, Any], rkey: str) -> Commit:
        return self.commit(did, ("create", f"{collection}/{rkey}", record))

    def update(self, did: str, collection: str, record: dict[str, Any], rkey: str) -> Commit:
        return self.commit(did, ("update", f"{collection}/{rkey}", record))

    def delete(self, did: str, collection: str, rkey: str) -> Commit:
        return self.commit(did, ("delete", f"{collection}/{rkey}", None))

    def account(self, did: str, active: bool, status: str | None = None) -> Account:
        seq, time = self._next()
        return Account(seq, did, time, active, status)

    def identity(self, did: str) -> Identity:
        seq, time = self._next()
        return Identity(seq, did, time, None)

    def sync(self, did: str, data: bytes = ROOT) -> Sync:
        seq, time = self._next()
        return Sync(seq, did, time, tid(next(self._revs)), data)

    def _next(self) -> tuple[int, datetime]:
        seq = next(self._seq)
        return seq, self._start + timedelta(seconds=seq)

    def _op(self, did: str, change: Change, rev: str, seq: int, time: datetime) -> Op:
        action, path, record = change
        uri = AtUri(f"at://{did}/{path}")
        if record is None:
            return Op("delete", uri, None, {}, b"", rev, seq, time)
        data = block({"$type": uri.collection, **record})
        return Op(action, uri, cid(data), libipld.decode_dag_cbor(data), data, rev, seq, time)
