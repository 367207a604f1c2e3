"""What a labeler's messages come to: labels to store, and labels to keep aside. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import cbor2

from indexer.protocol.errors import Invalid
from indexer.protocol.key import Key
from indexer.protocol.label import Label, read_label, signed_by

BAD_SIGNATURE, FOREIGN = "bad_signature", "foreign_label"
MOST_KEPT_BYTES = 16_384


class Refused(NamedTuple):
    seq: int
    reason: str
    detail: str
    record: bytes  # the label as it came, if it is not too large to keep


class Judged(NamedTuple):
    labels: list[tuple[int, Label]]
    refused: list[Refused]


def judge(said: Iterable[tuple[int, Any]], did: str, key: Key, judged: Judged) -> None:
    """Adds to `judged`. What was said comes with the number of its message; `key` is the one that
    `did` signs its labels with."""
    for seq, value in said:
        try:
            judged.labels.append((seq, _judge(value, did, key)))
        except Invalid as error:
            judged.refused.append(Refused(seq, error.reason, error.detail, _encoded(value)))


def _judge(value: Any, did: str, key: Key) -> Label:
    label = read_label(value)
    said = f"{label.val} of {label.uri} at {label.cts:%Y-%m-%d %H:%M:%S.%f}"
    if label.src != did:
        raise Invalid(FOREIGN, f"{said}: in the name of {label.src}")
    if not signed_by(label, key):
        raise Invalid(BAD_SIGNATURE, f"{said}: not signed with {key.text}")
    return label


def _encoded(value: Any) -> bytes:
    encoded: bytes = cbor2.dumps(value, canonical=True)
    return encoded if len(encoded) <= MOST_KEPT_BYTES else b""
