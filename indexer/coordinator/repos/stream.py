"""A CAR that comes piece by piece. No native decoder is asked that could take the process down."""

from collections.abc import Iterator
from hashlib import sha256

from indexer.protocol.drisl import decode
from indexer.protocol.errors import Invalid
from indexer.protocol.json import Link

MOST_HEADER_BYTES, MOST_BLOCK_BYTES = 1000, 2_000_000
DAG_CBOR, RAW, CID_BYTES = b"\x01\x71\x12\x20", b"\x01\x55\x12\x20", 36
LONGEST_LENGTH = 4  # bytes in which it is written


class CarReader:
    """Holds no more than one block that has not come whole."""

    def __init__(self) -> None:
        self.root: bytes | None = None
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """CIDs with their blocks, all to be taken before the next piece. Raises Invalid: `bad_car`,
        `wrong_hash`."""
        data, at = self._buffer + data, 0
        while (found := _section(data, at, self.root is None)) is not None:
            start, at = found
            if self.root is None:
                self.root = _root(data[start:at])
            else:
                yield _checked(data[start:at])
        self._buffer = data[at:]

    def close(self) -> None:
        """Raises Invalid: `bad_car` for a file that ends too early."""
        if self._buffer or self.root is None:
            raise Invalid("bad_car", "it ends in the middle")


def _section(data: bytes, at: int, header: bool) -> tuple[int, int] | None:
    """Where the next one begins and ends; None while it is not whole."""
    size = 0
    most = MOST_HEADER_BYTES if header else MOST_BLOCK_BYTES + CID_BYTES
    for place, byte in enumerate(data[at : at + LONGEST_LENGTH]):
        size |= (byte & 0x7F) << 7 * place
        if size > most:
            raise Invalid("bad_car", f"a block of {size} bytes or more")
        if byte < 0x80:
            start = at + place + 1
            return (start, start + size) if start + size <= len(data) else None
    if len(data) >= at + LONGEST_LENGTH:
        raise Invalid("bad_car", "a length without an end")
    return None


def _root(header: bytes) -> bytes:
    try:
        found = decode(header)
    except Invalid as error:
        raise Invalid("bad_car", f"its header: {error.detail}") from None
    match found:
        case [{"version": 1, "roots": [Link() as root, *_]}]:
            return bytes(root)
    raise Invalid("bad_car", "a header without version 1 or without roots")


def _checked(section: bytes) -> tuple[bytes, bytes]:
    cid, block = section[:CID_BYTES], section[CID_BYTES:]
    digest = sha256(block).digest()
    if cid != DAG_CBOR + digest and cid != RAW + digest:
        raise Invalid("wrong_hash", f"a block that is not that of {cid.hex()}")
    return cid, block
