"""The log of the directory of did:plc: operations as they are exported."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from indexer.protocol.identity import read_document

_FIRST = datetime(2025, 1, 1, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)


class Line(NamedTuple):
    created_at: datetime
    did: str
    operation: dict[str, Any]
    nullified: bool

    def json(self, pds: str) -> dict[str, Any]:
        """`pds` is where the account lives now, in place of where it was when this was written."""
        operation = dict(self.operation)
        services = operation.get("services", {})
        if pds and "atproto_pds" in services:
            home = services["atproto_pds"] | {"endpoint": pds}
            operation["services"] = services | {"atproto_pds": home}
        moment = self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {
            "did": self.did,
            "operation": operation,
            "cid": "",
            "nullified": self.nullified,
            "createdAt": moment,
        }


class Log:
    """In order. What is added without a time comes last."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def add(self, did: str, operation: dict[str, Any]) -> None:
        last = self._lines[-1].created_at if self._lines else _FIRST
        self._lines.append(Line(last + _STEP, did, operation, nullified=False))

    def take(self, lines: Iterable[dict[str, Any]]) -> None:
        """Lines of an export."""
        for line in lines:
            moment = datetime.fromisoformat(line["createdAt"])
            self._lines.append(Line(moment, line["did"], line["operation"], line["nullified"]))
        self._lines.sort(key=lambda line: line.created_at)

    def after(self, moment: datetime | None) -> Iterator[Line]:
        """Those that are later."""
        at = bisect_right(self._lines, moment, key=lambda line: line.created_at) if moment else 0
        return iter(self._lines[at:])


def operation_of(document: dict[str, Any]) -> dict[str, Any]:
    """The operation that makes this document."""
    read = read_document(document, document["id"])
    keys = {"atproto": read.signing_key, "atproto_label": read.label_key}
    services = {
        "atproto_pds": ("AtprotoPersonalDataServer", read.pds),
        "atproto_labeler": ("AtprotoLabeler", read.labeler),
    }
    return {
        "type": "plc_operation",
        "verificationMethods": {name: key for name, key in keys.items() if key},
        "alsoKnownAs": document.get("alsoKnownAs", []),
        "services": {
            name: {"type": kind, "endpoint": url} for name, (kind, url) in services.items() if url
        },
    }
