"""AT Protocol strings: identifiers and datetimes, and what PostgreSQL will not store."""

import re
from datetime import UTC, datetime, timedelta

import libipld

from indexer.protocol.errors import Invalid

_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_HANDLE = re.compile(
    r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
)
_NSID = re.compile(
    r"[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
    r"\.[a-zA-Z][a-zA-Z0-9]{0,62}"
)
_RKEY = re.compile(r"[a-zA-Z0-9._:~-]{1,512}")
_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_TID_DIGITS = {digit: value for value, digit in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    """The URI of a record. Raises `Invalid`: nothing shorter or longer will do."""
    if isinstance(text, str) and text.startswith("at://"):
        parts = text.split("/")
        if len(parts) == 5 and _is_authority(parts[2]) and is_nsid(parts[3]) and is_rkey(parts[4]):
            return AtUri(text)
    raise Invalid("bad_record", f"no URI of a record: {_shown(text)}")


def is_did(text: str) -> bool:
    return len(text) <= 2048 and _DID.fullmatch(text) is not None


def is_handle(text: str) -> bool:
    return len(text) <= 253 and _HANDLE.fullmatch(text) is not None


def is_nsid(text: str) -> bool:
    return len(text) <= 317 and _NSID.fullmatch(text) is not None


def is_rkey(text: str) -> bool:
    return text not in (".", "..") and _RKEY.fullmatch(text) is not None


def is_tid(text: str) -> bool:
    return _TID.fullmatch(text) is not None


def _is_authority(text: str) -> bool:
    return is_did(text) or is_handle(text)


def parse_datetime(text: object) -> datetime | None:
    """In UTC. None when there is no reading it: without a zone, say, or before the year 1."""
    if not isinstance(text, str) or not _DATETIME.fullmatch(text) or text.endswith("-00:00"):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def tid_time(tid: str) -> datetime:
    number = 0
    for digit in tid:
        number = number << 5 | _TID_DIGITS[digit]
    return _EPOCH + timedelta(microseconds=number >> 10)


def cid_text(cid: bytes) -> str:
    """base32, as in JSON."""
    text: str = libipld.encode_cid(cid)
    return text


def clean(text: str) -> str:
    """NUL is legal in CBOR text and illegal in PostgreSQL."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
