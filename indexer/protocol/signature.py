"""Whether something was signed with a key: r and s of 32 bytes each over the SHA-256 of it.

Only the lower of the two possible s is taken: with both, anybody could make a second signature
out of a first. No bytes raise anything: what is wrong in any way is not signed.
"""

from collections.abc import Callable
from functools import lru_cache

from coincurve import PublicKey
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from indexer.protocol.errors import BadFraming
from indexer.protocol.key import Curve, Key
from indexer.protocol.scan import entries

MOST_OPENED = 4096  # keys kept ready: to open one takes 5 to 20 µs

_ORDERS: dict[Curve, int] = {
    "k256": 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141,
    "p256": 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551,
}
_P256, _ECDSA = ec.SECP256R1(), ec.ECDSA(SHA256())

# Keys and values of a commit's map: the signature's, as every encoder has to write it.
_SIG, _SIG_HEAD = b"sig", b"\x63sig\x58\x40"
_SIG_BYTES = 64

_Check = Callable[[bytes, bytes], bool]  # of a signature in DER, and of what it is to have signed


def verify(key: Key, signature: bytes, message: bytes) -> bool:
    if len(signature) != _SIG_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    order = _ORDERS[key.curve]
    if not (0 < r < order and 0 < s <= order // 2):
        return False
    return _opened(key)(encode_dss_signature(r, s), message)


def verify_commit(block: bytes, key: Key) -> bool:
    """`block` is a signed commit as its CID names it."""
    cut = _cut(block)
    return cut is not None and verify(key, *cut)


def _cut(block: bytes) -> tuple[bytes, bytes] | None:
    """The signature, and what it signs: the same map without it. Nothing is encoded anew, so that
    no two spellings of a commit pass for one."""
    try:
        found, end = entries(block, 0, frozenset((_SIG,)))
    except BadFraming:
        return None
    at = found.get(_SIG, 0)
    start, after = at - 4, at + 2 + _SIG_BYTES
    short = 0xA1 <= block[0] <= 0xB7  # else its head says in more bytes how many entries follow
    if not short or end != len(block) or block[max(start, 0) : at + 2] != _SIG_HEAD:
        return None
    return block[at + 2 : after], bytes((block[0] - 1,)) + block[1:start] + block[after:]


@lru_cache(maxsize=MOST_OPENED)
def _opened(key: Key) -> _Check:
    try:
        return PublicKey(key.point).verify if key.curve == "k256" else _p256(key.point)
    except ValueError:  # no point of its curve
        return _refuse


def _p256(point: bytes) -> _Check:
    public = ec.EllipticCurvePublicKey.from_encoded_point(_P256, point)

    def check(signature: bytes, message: bytes) -> bool:
        try:
            public.verify(signature, message, _ECDSA)
        except InvalidSignature:
            return False
        return True

    return check


def _refuse(_signature: bytes, _message: bytes) -> bool:
    return False
