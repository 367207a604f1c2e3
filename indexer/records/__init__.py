"""Every module in this folder but `base` and `generic` is one record type, named after its NSID."""

from importlib import import_module
from pkgutil import iter_modules

from indexer.protocol.syntax import AtUri
from indexer.records.base import Record, Table
from indexer.records.generic import GENERIC

_modules = sorted(m.name for m in iter_modules(__path__) if m.name not in ("base", "generic"))
_records: list[Record] = [import_module(f"{__name__}.{name}").RECORD for name in _modules]

RECORDS: dict[str, Record] = {record.nsid: record for record in _records}
ALL: tuple[Record, ...] = (*RECORDS.values(), GENERIC)
TABLES: tuple[Table, ...] = tuple(dict.fromkeys(t for r in ALL for t in r.owns))


def record_of(uri: AtUri) -> Record:
    return RECORDS.get(uri.collection, GENERIC)
