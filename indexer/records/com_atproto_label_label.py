"""com.atproto.label.label: a label kept as a record. Its source is the repo, whoever it claims."""

from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.protocol.syntax import parse_datetime
from indexer.records.base import Record, Row, Table

LONGEST_VALUE = 128  # bytes, by the protocol

labels = Table(
    "labels",
    "uri src subject val neg:boolean cid exp:timestamptz created_at:timestamptz",
)


def rows(op: Op) -> Iterable[Row]:
    yield labels.row(
        uri=op.uri,
        src=op.did,
        subject=labelled(op),
        val=value(op),
        neg=op.record.get("neg") is True,
        cid=op.maybe_text("cid"),
        exp=parse_datetime(op.record.get("exp")),
        created_at=parse_datetime(op.record.get("cts")) or op.created_at,
    )


def value(op: Op) -> str:
    val = op.text("val")
    if len(val.encode()) > LONGEST_VALUE:
        raise Invalid("bad_record", f"val: longer than {LONGEST_VALUE} bytes")
    return val


def labelled(op: Op) -> str:
    for field in ("uri", "did", "subject"):
        if op.maybe_text(field):
            return op.key(field)
    raise Invalid("bad_record", "uri: missing, and neither did nor subject stands in for it")


RECORD = Record("com.atproto.label.label", rows, owns=(labels,))
