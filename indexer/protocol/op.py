"""One change to one record. Everything downstream of the decoder sees only this."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from indexer.protocol.errors import Invalid
from indexer.protocol.json import json_text
from indexer.protocol.syntax import AtUri, at_uri, cid_text, clean, is_did, parse_datetime

Action = Literal["create", "update", "delete"]


class StrongRef(NamedTuple):
    uri: AtUri
    cid: str


@dataclass(frozen=True, slots=True)
class Op:
    """Accessors raise `Invalid` with the name of the field and what was wrong with it."""

    action: Action
    uri: AtUri
    cid: str | None  # None when deleted
    record: Mapping[str, Any]  # empty when deleted; CIDs are bytes
    block: bytes  # the record as it came; empty when deleted
    rev: str
    seq: int | None
    time: datetime  # arrival: the frame's time, never later than our clock

    @property
    def did(self) -> str:
        return self.uri.did

    @property
    def created_at(self) -> datetime:
        """The author's claim, or the arrival when that cannot be read."""
        return parse_datetime(self.record.get("createdAt")) or self.time

    @property
    def sort_at(self) -> datetime:
        """The author's claim, but no later than the arrival."""
        return min(self.created_at, self.time)

    @property
    def record_json(self) -> str:
        return json_text(self.record, self.block)

    def json(self, value: object) -> str | None:
        """A part of the record as atproto JSON. None stays None."""
        return None if value is None else json_text(value, self.block)

    def text(self, field: str) -> str:
        return clean(_typed(self.record.get(field), str, field))

    def maybe_text(self, field: str) -> str | None:
        value = self.record.get(field)
        return None if value is None else clean(_typed(value, str, field))

    def ref(self, field: str) -> StrongRef:
        return strong_ref(self.record, field)

    def maybe_ref(self, field: str) -> StrongRef | None:
        return None if self.record.get(field) is None else strong_ref(self.record, field)

    def ref_json(self, field: str) -> str | None:
        """`{uri, cid}` as JSON, without whatever else stands there."""
        ref = self.maybe_ref(field)
        return None if ref is None else json_text(ref._asdict(), b"")

    def uri_of(self, field: str) -> AtUri:
        return _uri(self.record.get(field), field)

    def did_of(self, field: str) -> str:
        did = _typed(self.record.get(field), str, field)
        if not is_did(did):
            raise Invalid("bad_record", f"{field}: no DID: {did[:200]!r}")
        return did

    def blob(self, field: str) -> str | None:
        """The CID of a blob, in the form of today or that of old."""
        match self.record.get(field):
            case None:
                return None
            case {"ref": bytes(cid)}:
                return cid_text(cid)
            case {"cid": str(cid)}:
                return clean(cid)
        raise Invalid("bad_record", f"{field}: no blob")

    def strings(self, field: str) -> list[str] | None:
        return self._list(field, str)

    def objects(self, field: str) -> list[dict[str, Any]] | None:
        return self._list(field, dict)

    def maybe_object(self, field: str) -> dict[str, Any] | None:
        value = self.record.get(field)
        return None if value is None else _typed(value, dict, field)

    def _list(self, field: str, kind: type) -> list[Any] | None:
        values = self.record.get(field)
        if values is None:
            return None
        for value in _typed(values, list, field):
            _typed(value, kind, f"an element of {field}")
        return list(values)


def strong_ref(holder: Mapping[str, Any], path: str) -> StrongRef:
    """The reference that stands in `holder` under the last name of `path`."""
    ref = _typed(holder.get(path.rpartition(".")[2]), dict, path)
    return StrongRef(_uri(ref.get("uri"), path), clean(_typed(ref.get("cid"), str, f"{path}.cid")))


def _uri(value: object, path: str) -> AtUri:
    try:
        return at_uri(value)
    except Invalid as error:
        raise Invalid("bad_record", f"{path}: {error.detail}") from None


_NAMES = {str: "text", dict: "an object", list: "a list"}


def _typed(value: Any, kind: type, path: str) -> Any:
    if not isinstance(value, kind):
        found = "missing" if value is None else f"{type(value).__name__}, not {_NAMES[kind]}"
        raise Invalid("bad_record", f"{path}: {found}")
    return value
