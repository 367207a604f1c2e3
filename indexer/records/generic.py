"""Any collection that has no module of its own: the whole record as JSON."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Record, Row, Table

generic_records = Table(
    "generic_records",
    "uri cid author_did record_type record:jsonb created_at:timestamptz",
)


def rows(op: Op) -> Iterable[Row]:
    yield generic_records.row(
        uri=op.uri,
        cid=op.cid,
        author_did=op.did,
        record_type=op.uri.collection,
        record=op.record_json,
        created_at=op.created_at,
    )


def declaration(nsid: str) -> Record:
    """A collection with one record an account, kept as it is."""
    return Record(nsid, rows, owns=(generic_records,), rkey="self")


GENERIC = Record("*", rows, owns=(generic_records,))
