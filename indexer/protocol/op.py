"""One change to one record. Everything downstream of the decoder sees only this.

The accessors read a field of the record as the type it must have. They raise Invalid("bad_record"),
or "too_big", with the field's name and what was wrong; `maybe_` allows it to be absent or null.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar, overload

from msgspec import Struct

from indexer.protocol.errors import Invalid
from indexer.protocol.json import json_text
from indexer.protocol.syntax import (
    LONGEST_DID,
    LONGEST_KEY,
    AtUri,
    at_uri,
    check_length,
    cid_text,
    clean,
    is_cid,
    is_did,
    parse_datetime,
    shown,
)

Action = Literal["create", "update", "delete"]
Object = dict[str, Any]
T = TypeVar("T")

NO_FRAME = 0  # the `seq` of news that no stream brought: a fetched repo did


class StrongRef(NamedTuple):
    uri: AtUri
    cid: str


class Op(Struct, frozen=True, gc=False):
    action: Action
    uri: AtUri
    cid: str | None  # None when deleted
    record: Mapping[str, Any]  # empty when deleted; links are bytes
    block: bytes  # the record as it came; empty when deleted
    rev: str
    seq: int | None  # None for what was fetched, and is old: it tells nobody
    time: datetime  # arrival

    @property
    def did(self) -> str:
        return self.uri.did

    @property
    def is_news(self) -> bool:
        return self.seq is not None

    @property
    def created_at(self) -> datetime:
        """The author's claim, however far ahead; arrival when there is none to be read."""
        return parse_datetime(self.record.get("createdAt")) or self.time

    @property
    def sort_at(self) -> datetime:
        return min(self.created_at, self.time)

    @property
    def record_json(self) -> str:
        return json_text(self.record, self.block)

    @overload
    def json(self, value: None) -> None: ...
    @overload
    def json(self, value: object) -> str: ...
    def json(self, value: object) -> str | None:
        """atproto JSON of a part of the record, or of what was made from it; None stays None."""
        return None if value is None else json_text(value, self.block)

    def text(self, field: str) -> str:
        return clean(_typed(self.record.get(field), str, field))

    def key(self, field: str) -> str:
        """Text that is looked up by, and therefore not of any length."""
        text = self.text(field)
        _fit(text, LONGEST_KEY, field)
        return text

    def maybe_text(self, field: str) -> str | None:
        return None if self.record.get(field) is None else self.text(field)

    def ref(self, field: str) -> StrongRef:
        return strong_ref(self.record, field)

    def maybe_ref(self, field: str) -> StrongRef | None:
        return None if self.record.get(field) is None else self.ref(field)

    def ref_json(self, field: str) -> str | None:
        """A reference as JSON, `{uri, cid}` and nothing else that may stand there."""
        ref = self.maybe_ref(field)
        return None if ref is None else self.json(ref._asdict())

    def uri_of(self, field: str) -> AtUri:
        return uri_named(self.record.get(field), field)

    def did_of(self, field: str) -> str:
        did = _typed(self.record.get(field), str, field)
        if not is_did(did):
            raise Invalid("bad_record", f"{field}: no DID: {shown(did)}")
        _fit(did, LONGEST_DID, field)
        return did

    def blob(self, field: str) -> str | None:
        """The CID of a blob, in today's form or in the one before it (`{cid, mimeType}`)."""
        match self.record.get(field):
            case None:
                return None
            case {"ref": bytes(link)}:
                return _cid_text(link, field)
            case {"cid": str(cid)} if is_cid(cid):
                return cid
        raise Invalid("bad_record", f"{field}: no blob")

    def strings(self, field: str) -> list[str] | None:
        values = self._list(field, str)
        return None if values is None else [clean(value) for value in values]

    def objects(self, field: str) -> list[Object] | None:
        return self._list(field, dict)

    def maybe_object(self, field: str) -> Object | None:
        value = self.record.get(field)
        return None if value is None else _typed(value, dict, field)

    def _list(self, field: str, kind: type[T]) -> list[T] | None:
        values = self.record.get(field)
        if values is None:
            return None
        path = f"an element of {field}"
        return [_typed(value, kind, path) for value in _typed(values, list, field)]


def deletion(uri: AtUri, rev: str, seq: int | None, time: datetime) -> Op:
    return Op("delete", uri, None, {}, b"", rev, seq, time)


def strong_ref(holder: Mapping[str, Any], path: str) -> StrongRef:
    """The reference that stands in `holder` under the last name of `path`."""
    ref = _typed(holder.get(path.rpartition(".")[2]), dict, path)
    uri = uri_named(ref.get("uri"), f"{path}.uri")
    cid = _typed(ref.get("cid"), str, f"{path}.cid")
    if not is_cid(cid):
        raise Invalid("bad_record", f"{path}.cid: no CID: {shown(cid)}")
    return StrongRef(uri, cid)


def uri_named(value: object, path: str) -> AtUri:
    """The URI that stands at `path` of the record."""
    try:
        return at_uri(value)
    except Invalid as error:
        raise Invalid(error.reason, f"{path}: {error.detail}") from None


def _fit(text: str, most: int, path: str) -> None:
    try:
        check_length(text, most)
    except Invalid as error:
        raise Invalid(error.reason, f"{path}: {error.detail}") from None


def _cid_text(link: bytes, path: str) -> str:
    try:
        return cid_text(link)
    except ValueError:
        raise Invalid("bad_record", f"{path}: no CID: {shown(link)}") from None


def _typed(value: Any, kind: type[T], path: str) -> T:
    if isinstance(value, kind):
        return value
    name = "bytes" if isinstance(value, bytes) else type(value).__name__
    found = "missing" if value is None else f"{name}, not {kind.__name__}"
    raise Invalid("bad_record", f"{path}: {found}")
