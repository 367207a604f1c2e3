"""A labeler: an account with a key for labels, and the stream of what it says."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from coincurve import PrivateKey
from libipld import encode_multibase

from indexer.protocol.label import Label, make_label
from indexer.protocol.label_stream import labels_message
from load.encoding.frames import document
from load.network.stream import Stream

LABELER = "did:plc:labelerlabelerlabelerlab"
_KEY, _ANYBODYS = PrivateKey(b"\x05" * 32), PrivateKey(b"\x06" * 32)


class Labeler:
    """`clock` is for labels that are not given a time."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.stream = Stream()
        self._clock = clock

    def say(
        self,
        uri: str,
        val: str,
        *,
        neg: bool = False,
        cid: str | None = None,
        cts: datetime | None = None,
        exp: datetime | None = None,
        forged: bool = False,
    ) -> Label:
        """To all who listen. With `forged` it is signed by somebody else."""
        made = make_label(LABELER, uri, val, cts or self._clock(), neg=neg, cid=cid, exp=exp)
        key = _ANYBODYS if forged else _KEY
        label = made._replace(sig=key.sign_recoverable(made.block)[:64])
        number = self.stream.last + 1
        self.stream.add(number, labels_message(number, [(label.block, label.sig)]))
        return label


def document_of(url: str) -> dict[str, Any]:
    """Who speaks at this URL."""
    whole = document(0, LABELER, "labels.test")
    point = b"\xe7\x01" + _KEY.public_key.format()
    whole["verificationMethod"].append(
        {
            "id": f"{LABELER}#atproto_label",
            "type": "Multikey",
            "controller": LABELER,
            "publicKeyMultibase": encode_multibase("z", point),
        }
    )
    whole["service"].append(
        {"id": "#atproto_labeler", "type": "AtprotoLabeler", "serviceEndpoint": url}
    )
    return whole
