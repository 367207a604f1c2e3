"""Signs our labels. The secret is never shown: not in a log, not in an error, not by `repr`."""

import re

import libipld
from coincurve import PrivateKey

from indexer.protocol.key import Key
from indexer.protocol.label import Label

_HEX = re.compile(r"[0-9a-fA-F]{64}")
_MULTIBASE = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{40,60}")
_SECRET_K256 = b"\x81\x26"  # what stands before a secret key of this curve: 0x1301 as a varint


class Signer:
    def __init__(self, secret: bytes) -> None:
        self._key = PrivateKey(secret)
        self.public = Key("k256", self._key.public_key.format(compressed=True))

    def __repr__(self) -> str:
        return f"Signer({self.public.text})"

    def sign(self, label: Label) -> Label:
        """By the lower of the two possible s, which is what the library gives."""
        return label._replace(sig=self._key.sign_recoverable(label.block)[:64])


def read_signer(text: str) -> Signer | None:
    """None for no key. Raises ValueError, which does not say what the text was."""
    if not text:
        return None
    try:
        return Signer(_secret(text))
    except ValueError:
        raise ValueError(
            "the labels' signing_key is no secret key of k256: 64 hex digits, or multibase (z…)"
        ) from None


def _secret(text: str) -> bytes:
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    if not _MULTIBASE.fullmatch(text):
        raise ValueError
    data: bytes = libipld.decode_multibase(text)[1]
    if data[:2] != _SECRET_K256 or len(data) != 34:
        raise ValueError
    return data[2:]
