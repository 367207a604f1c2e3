"""The CID of a blob, in the ways in which the older system wrote it. Pure.

It stored the bytes of the CID as Python shows them, `b'\\x01U\\x12 …'`, or as hex, or a URL with
the CID in it.
"""

import re
from ast import literal_eval

from indexer.protocol.syntax import cid_text

_IN_URL = re.compile(r"(?<![a-z0-9])(baf[a-z2-7]{50,})(?![a-z0-9])")
_SHOWN = re.compile(r"""b'(?:[^'\\]|\\.)*'|b"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_HEX = re.compile(r"(?:\\x|0x)?((?:[0-9a-fA-F]{2}){34,})")


def blob_cid(written: str) -> str | None:
    """In base32. None for what cannot be read."""
    written = written.strip()
    if found := _IN_URL.search(written):
        return found[1]
    try:
        return cid_text(_bytes(written))
    except ValueError:
        return None


def _bytes(written: str) -> bytes:
    """Raises ValueError. What stands before a CID within DAG-CBOR is no part of it."""
    if found := _HEX.fullmatch(written):
        return bytes.fromhex(found[1]).removeprefix(b"\0")
    if _SHOWN.fullmatch(written):
        try:
            shown: bytes = literal_eval(written)
        except SyntaxError as error:
            raise ValueError(str(error)) from None
        return shown.removeprefix(b"\0")
    raise ValueError("neither bytes nor hex")
