"""Public keys as DID documents spell them: as `did:key`, as multikey, and in the two older forms.

Two curves are known, and base58btc alone; all else is refused. Whether a point lies on its curve
is seen when the key is first used.
"""

import re
from typing import Literal, NamedTuple

import libipld

from indexer.protocol.errors import Invalid
from indexer.protocol.syntax import shown

Curve = Literal["k256", "p256"]

_PREFIX = "did:key:"
# What stands before a point and says of which curve it is: 0xe7 and 0x1200 as varints.
_CODECS: dict[Curve, bytes] = {"k256": b"\xe7\x01", "p256": b"\x80\x24"}
_CURVES = {codec: curve for curve, codec in _CODECS.items()}
# Types of verification methods whose text holds a point and no codec.
_OLDER: dict[str, Curve] = {
    "EcdsaSecp256k1VerificationKey2019": "k256",
    "EcdsaSecp256r1VerificationKey2019": "p256",
}
# The longest is a point of 65 bytes; to decode base58 takes the square of its length.
_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{40,100}")


class Key(NamedTuple):
    curve: Curve
    point: bytes  # 33 bytes, compressed

    @property
    def text(self) -> str:
        """As `did:key`."""
        encoded: str = libipld.encode_multibase("z", _CODECS[self.curve] + self.point)
        return _PREFIX + encoded


def parse_did_key(text: str) -> Key:
    """Raises Invalid: `bad_key`."""
    if not text.startswith(_PREFIX):
        raise Invalid("bad_key", f"no did:key: {shown(text)}")
    return _multikey(text.removeprefix(_PREFIX))


def parse_key(kind: str, text: str) -> Key:
    """Of a verification method: its `type` and `publicKeyMultibase`. Raises Invalid: `bad_key`."""
    if kind == "Multikey":
        return _multikey(text)
    curve = _OLDER.get(kind)
    if curve is None:
        raise Invalid("bad_key", f"a key of an unknown type: {shown(kind)}")
    point = _decoded(text)
    if len(point) == 65 and point[0] == 4:
        return Key(curve, bytes((2 + (point[-1] & 1),)) + point[1:33])
    return _checked(curve, point)


def _multikey(text: str) -> Key:
    data = _decoded(text)
    curve = _CURVES.get(data[:2])
    if curve is None:
        raise Invalid("bad_key", f"a key of an unknown kind: {shown(text)}")
    return _checked(curve, data[2:])


def _checked(curve: Curve, point: bytes) -> Key:
    if len(point) == 33 and point[0] in (2, 3):
        return Key(curve, point)
    raise Invalid("bad_key", f"no point of {curve}: {point.hex()}")


def _decoded(text: str) -> bytes:
    if not _BASE58.fullmatch(text):
        raise Invalid("bad_key", f"no key in base58: {shown(text)}")
    data: bytes = libipld.decode_multibase(text)[1]
    return data
