"""Messages of `com.atproto.label.subscribeLabels`: bytes to values, and values to bytes."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import cbor2

from indexer.protocol.body import MOST_SEQ
from indexer.protocol.drisl import decode
from indexer.protocol.errors import BadFraming, Invalid
from indexer.protocol.label import whole
from indexer.protocol.syntax import shown


class Labels(NamedTuple):
    seq: int
    labels: list[Any]  # each to be read by itself: one that is bad spoils no other


class Info(NamedTuple):
    name: str
    message: str


class Failure(NamedTuple):
    """The other side closes the stream."""

    error: str
    message: str


def decode_message(frame: bytes) -> Labels | Info | Failure | None:
    """None for what is of a later version. Raises BadFraming: nothing behind it can be trusted."""
    try:
        values = decode(frame)
    except Invalid as error:
        raise BadFraming(error.detail) from None
    match values:
        case [{"op": 1, "t": "#labels"}, {"seq": int(seq), "labels": list(labels)}] if (
            type(seq) is int and 0 < seq <= MOST_SEQ
        ):
            return Labels(seq, labels)
        case [{"op": 1, "t": "#info"}, dict(body)]:
            return Info(shown(body.get("name")).strip("'"), shown(body.get("message", "")))
        case [{"op": -1}, dict(body)]:
            return Failure(shown(body.get("error")).strip("'"), shown(body.get("message", "")))
        case [{"op": 1, "t": "#labels"}, *_]:
            raise BadFraming("a message of labels without seq or labels")
        case [{"op": int()}, _]:
            return None
    raise BadFraming("no message of two parts")


def labels_message(seq: int, labels: Iterable[tuple[bytes, bytes | None]]) -> bytes:
    """Of what was signed, and its signature."""
    return _message(
        {"op": 1, "t": "#labels"}, {"seq": seq, "labels": [whole(*label) for label in labels]}
    )


def info_message(name: str, message: str) -> bytes:
    return _message({"op": 1, "t": "#info"}, {"name": name, "message": message})


def error_message(error: str, message: str) -> bytes:
    return _message({"op": -1}, {"error": error, "message": message})


def _message(header: dict[str, Any], body: dict[str, Any]) -> bytes:
    """Not by libipld, which takes bytes for a CID when they happen to look like one: one signature
    in a thousand does."""
    return cbor2.dumps(header, canonical=True) + cbor2.dumps(body, canonical=True)
