"""A look at a frame: its kind, its number, whose it is. For the parent, who must outlive any bytes
and may therefore not use the native decoder.

What it says is what `decode` would say, or `decode` refuses the frame.
"""

import re
from typing import NamedTuple

from indexer.protocol.body import MOST_SEQ
from indexer.protocol.errors import BadFraming
from indexer.protocol.scan import entries, integer, text

_HEADER = frozenset((b"op", b"t"))
_WANTED = frozenset((b"seq", b"did", b"repo", b"time"))
_NOTICE = frozenset((b"name", b"error", b"message"))


class Peek(NamedTuple):
    kind: str  # "#commit" and the like as sent, "error", "" for operations yet unknown
    seq: int | None  # None also when it is none that a relay may send
    did: str | None
    time: str | None  # as sent


def peek(frame: bytes) -> Peek:
    """Raises BadFraming, and nothing else."""
    return usual_commit(frame) or _peek(frame)


def notice(frame: bytes) -> tuple[str, str]:
    """Name and message of an `#info` or an error, as far as it has them. Raises BadFraming."""
    kind, at = _kind(frame)
    found = _body(frame, at, _NOTICE)
    name = text(frame, found.get(b"error" if kind == "error" else b"name"))
    return name or "", text(frame, found.get(b"message")) or ""


def _peek(frame: bytes) -> Peek:
    kind, at = _kind(frame)
    if not kind:
        return Peek(kind, None, None, None)
    found = _body(frame, at, _WANTED)
    seq = integer(frame, found.get(b"seq"))
    return Peek(
        kind,
        seq if seq is not None and 0 < seq <= MOST_SEQ else None,
        text(frame, found.get(b"repo" if kind == "#commit" else b"did")),
        text(frame, found.get(b"time")),
    )


def _kind(frame: bytes) -> tuple[str, int]:
    """And where the body begins."""
    found, at = entries(frame, 0, _HEADER)
    if at > len(frame):
        raise BadFraming(f"ends early, after {len(frame)} bytes")
    match integer(frame, found.get(b"op")):
        case 1:  # a message
            kind = text(frame, found.get(b"t"))
            if kind is None:
                raise BadFraming("a header without kind")
            return kind, at
        case -1:
            return "error", at
        case None:
            raise BadFraming("a header without op")
    return "", at


def _body(frame: bytes, at: int, wanted: frozenset[bytes]) -> dict[bytes, int]:
    found, end = entries(frame, at, wanted)
    if end < len(frame):
        raise BadFraming(f"{len(frame) - end} bytes behind its end")
    if end > len(frame):
        raise BadFraming(f"ends early, after {len(frame)} bytes")
    return found


def _texts(shortest: int, longest: int) -> bytes:
    """Matches a text of any of these lengths, each with its own head."""
    heads = {n: bytes((0x60 | n,)) if n < 24 else b"\x78" + bytes((n,)) for n in range(128)}
    lengths = range(shortest, longest + 1)
    return b"(?:" + b"|".join(re.escape(heads[n]) + b".{%d}" % n for n in lengths) + b")"


# Nearly every frame is a commit of one op, written by a relay that spells as all do. It is matched
# several times as fast as scanned. Every length here is a literal, so that what matches is CBOR.
_LINK = rb"\xd8\x2a\x58\x25.{37}"
_PATH = _texts(24, 80)
_UP_TO_BLOCKS = re.compile(
    rb"\xa2atg#commitbop\x01\xaccops\x81"
    rb"(?:\xa3ccid%b" % _LINK + rb"dpath" + _PATH + rb"|"
    rb"\xa4ccid(?:\xf6|%b)dpath%bdprev%b)" % (_LINK, _PATH, _LINK) + rb"factionf.{6}"
    rb"crevm.{13}cseq(?:\x19(.{2})|\x1a(.{4})|\x1b(.{8}))drepox\x20([ -~]{32})dtimex\x18([ -~]{24})"
    rb"eblobs\x80esince(?:\xf6|m.{13})fblocks\x59(.{2})",
    re.DOTALL,
)
_FROM_COMMIT = re.compile(
    rb"fcommit%bfrebase[\xf4\xf5]ftooBig[\xf4\xf5]hprevData%b" % (_LINK, _LINK), re.DOTALL
)


def usual_commit(frame: bytes) -> Peek | None:
    """What `peek` says of a commit as relays spell nearly all; None for anything else."""
    begin = _UP_TO_BLOCKS.match(frame)
    if begin is None:
        return None
    short, middle, long, did, time, size = begin.groups()
    if not _FROM_COMMIT.fullmatch(frame, begin.end() + int.from_bytes(size, "big")):
        return None
    seq = int.from_bytes(long or middle or short, "big")
    if not 0 < seq <= MOST_SEQ:
        return None
    return Peek("#commit", seq, did.decode("ascii"), time.decode("ascii"))
