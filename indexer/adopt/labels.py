"""What is signed of a label: the older system kept neither that nor the signature. Pure."""

from datetime import datetime

from indexer.protocol.errors import Invalid
from indexer.protocol.label import read_label, spelled


def block_of(src: str, subject: str, val: str, neg: bool, cts: datetime) -> bytes | None:
    """None for what is no label by the protocol."""
    fields = {"src": src, "uri": subject, "val": val, "cts": spelled(cts)}
    try:
        return read_label(fields | {"neg": True} if neg else fields).block
    except Invalid:
        return None
