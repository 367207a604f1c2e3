"""AT Protocol strings: identifiers and datetimes, and what PostgreSQL will not store.

A check answers for the syntax alone. It follows the interoperability vectors; identifiers that are
in use but not in them are not accepted.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from reprlib import Repr

import libipld

from indexer.protocol.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# asyncpg takes the very first and last for PostgreSQL's infinities. Clients do send the first.
_FIRST = datetime.min.replace(microsecond=1, tzinfo=UTC)
_LAST = datetime.max.replace(microsecond=999_998, tzinfo=UTC)

# An index entry of PostgreSQL holds 2,700 bytes. Two DIDs and two record keys fit in, as a quote
# has them; so do a DID and a key, which is whatever else is looked up by.
LONGEST_DID, LONGEST_KEY = 800, 1700

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_TOP_LABEL = r"[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"

_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_HANDLE = re.compile(rf"(?:{_LABEL}\.)+{_TOP_LABEL}")
_NSID = re.compile(rf"{_TOP_LABEL}(?:\.{_LABEL})+\.[a-zA-Z][a-zA-Z0-9]{{0,62}}")
_RKEY = re.compile(r"(?!\.\.?\Z)[a-zA-Z0-9._:~-]{1,512}")
_AT_URI = re.compile(rf"at://({_DID.pattern}|{_HANDLE.pattern})/([^/]+)/{_RKEY.pattern}")
_LONGEST_HANDLE, _LONGEST_URI = 253, 2884  # a DID of 2048, an NSID of 317, a record key of 512
_TID = re.compile(r"[2-7a-j][2-7a-z]{12}")
_CID = re.compile(r"(?!Qmb)[a-zA-Z0-9+=]{8,256}")
# RFC 3339 and ISO 8601 at once, with a zone; "-00:00" says that the zone is unknown.
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,40})?"
    r"(?:Z|(?!-00:00)[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_TID_TEXT = "234567abcdefghijklmnopqrstuvwxyz"
_TID_DIGITS = bytes.maketrans(_TID_TEXT.encode(), b"0123456789abcdefghijklmnopqrstuv")
_TID_CLOCK_BITS = 10

_SHORTLY = Repr()
_SHORTLY.maxstring = _SHORTLY.maxother = 1000  # `shown` cuts


class AtUri(str):
    """`at://authority/collection/rkey`, already checked."""

    __slots__ = ()

    @property
    def did(self) -> str:
        """The authority: whose record it is. In a subject's URI it may be a handle."""
        return self.split("/", 3)[2]

    @property
    def collection(self) -> str:
        return self.split("/", 4)[3]

    @property
    def rkey(self) -> str:
        return self.split("/", 4)[4]

    def sibling(self, collection: str) -> "AtUri":
        """The record with the same author and record key in another collection."""
        return AtUri(f"at://{self.did}/{collection}/{self.rkey}")


def at_uri(text: object) -> AtUri:
    """The URI of a record. Raises Invalid: `bad_record`, also for an authority or a collection
    alone, which name no record; `too_big`."""
    short = text if isinstance(text, str) and len(text) <= _LONGEST_URI else ""
    if found := _AT_URI.fullmatch(short):
        authority, collection = found.groups()
        known = len(authority) <= _LONGEST_HANDLE or is_did(authority)
        if known and is_nsid(collection):
            check_length(authority, LONGEST_DID)
            return AtUri(short)
    raise Invalid("bad_record", f"no URI of a record: {shown(text)}")


def check_length(text: str, most: int) -> None:
    """Raises Invalid("too_big")."""
    if len(text) * 4 > most and (size := len(text.encode())) > most:
        raise Invalid("too_big", f"{size} bytes where {most} can be stored: {shown(text)}")


def is_did(text: str) -> bool:
    return len(text) <= 2048 and _DID.fullmatch(text) is not None


def is_handle(text: str) -> bool:
    return len(text) <= _LONGEST_HANDLE and _HANDLE.fullmatch(text) is not None


def is_nsid(text: str) -> bool:
    return len(text) <= 317 and _is_nsid(text)


@lru_cache(maxsize=1024)  # Few collections make up nearly all of the network.
def _is_nsid(text: str) -> bool:
    return _NSID.fullmatch(text) is not None


def is_rkey(text: str) -> bool:
    return _RKEY.fullmatch(text) is not None


def is_tid(text: str) -> bool:
    return _TID.fullmatch(text) is not None


def is_cid(text: str) -> bool:
    """Of any version and base but those of IPFS's first years."""
    return _CID.fullmatch(text) is not None


def parse_datetime(text: object) -> datetime | None:
    """In UTC, to the microsecond. None for what is no datetime of the protocol (without a zone,
    say), and for years that there are not once the offset is taken away."""
    if not isinstance(text, str) or not _DATETIME.fullmatch(text):
        return None
    try:
        value = datetime.fromisoformat(text)
        value = value if value.tzinfo is UTC else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return value if 1 < value.year < 9999 else min(max(value, _FIRST), _LAST)


def tid_us(tid: str) -> int:
    """Microseconds since 1970."""
    return int(tid.encode().translate(_TID_DIGITS), 32) >> _TID_CLOCK_BITS


def tid_time(tid: str) -> datetime:
    return EPOCH + timedelta(0, 0, tid_us(tid))


def make_tid(us: int, clock: int = 0) -> str:
    """Of these microseconds since 1970; `clock`, ten bits, tells apart who wrote in the same."""
    value = us << _TID_CLOCK_BITS | clock
    return "".join([_TID_TEXT[value >> shift & 31] for shift in range(60, -1, -5)])


def cid_text(cid: bytes) -> str:
    """In base32, as JSON has it. Raises ValueError when it is none."""
    text: str = libipld.encode_cid(cid)
    return text


def clean(text: str) -> str:
    """NUL is legal in CBOR text and illegal in PostgreSQL's."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def shown(value: object) -> str:
    """For the detail of an error: anything, bounded, also in depth: what the native decoder could
    just nest is more than `repr` can."""
    text = _SHORTLY.repr(value if not isinstance(value, str | bytes) else value[:200])
    return text if len(text) <= 300 else f"{text[:300]}…"
