"""A capture of frames: a CBOR sequence (RFC 8742) of `[received_at_us, frame]`.

Each entry is an array of two: microseconds since 1970 as an unsigned integer, and the bytes of one
frame as they came. Whatever else stands there is refused with the offset at which it stands;
lengths may be spelled in any width, as every CBOR writer does it differently. Compression is
the business of whoever opens the file.
"""

from collections.abc import Iterator
from struct import Struct

from indexer.protocol.errors import Invalid

Entry = tuple[int, bytes]

LARGEST_FRAME = 1 << 24  # Three times what a relay may send: more means that we lost our place.
_LATEST = (1 << 63) - 1

_UNSIGNED, _BYTES = 0x00, 0x40
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}
# What nearly every entry begins with: an array of two, 64 bits of time, 16 bits of length.
_TYPICAL = Struct(">HQBH")


def encode_entry(received_at_us: int, frame: bytes) -> bytes:
    return b"\x82" + _head(_UNSIGNED, received_at_us) + _head(_BYTES, len(frame)) + frame


def _head(major: int, value: int) -> bytes:
    if value < 24:
        return bytes([major | value])
    for info, width in _WIDTHS.items():
        if value >> (8 * width) == 0:
            return bytes([major | info]) + value.to_bytes(width, "big")
    raise OverflowError(f"{value} needs more than 64 bits")


class EntryDecoder:
    """Cuts entries out of bytes that come in pieces of any size; holds no more than one entry.

    What `feed` gave and nobody took is given by the next `feed`. At the end of the file call
    `close`: it raises when the file stops inside an entry.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._position = 0
        self._dropped = 0

    @property
    def offset(self) -> int:
        """Where in the (uncompressed) sequence the next entry begins."""
        return self._dropped + self._position

    def feed(self, data: bytes) -> Iterator[Entry]:
        """Raises Invalid("bad_dump") at the first byte that is not as it should be."""
        self._dropped += self._position
        self._buffer = self._buffer[self._position :] + data
        self._position = 0
        return self._entries()

    def close(self) -> None:
        left = len(self._buffer) - self._position
        if left:
            raise Invalid("bad_dump", f"truncated: {left} bytes of an entry at byte {self.offset}")

    def _entries(self) -> Iterator[Entry]:
        while True:
            start = self._position + _TYPICAL.size
            if start <= len(self._buffer):
                opening, received_at_us, kind, length = _TYPICAL.unpack_from(
                    self._buffer, self._position
                )
                end = start + length
                usual = opening == 0x821B and kind == 0x59 and received_at_us <= _LATEST
                if usual and end <= len(self._buffer):
                    self._position = end
                    yield received_at_us, self._buffer[start:end]
                    continue
            entry = self._next()
            if entry is None:
                return
            yield entry

    def _next(self) -> Entry | None:
        """The next entry whatever its widths, None when it is not all there yet."""
        if self._position == len(self._buffer):
            return None
        if self._buffer[self._position] != 0x82:
            raise self._refusal(self._position, "not an array of two")
        time = self._number(self._position + 1, _UNSIGNED, _LATEST)
        if time is None:
            return None
        received_at_us, position = time
        frame = self._number(position, _BYTES, LARGEST_FRAME)
        if frame is None:
            return None
        length, start = frame
        end = start + length
        if end > len(self._buffer):
            return None
        self._position = end
        return received_at_us, self._buffer[start:end]

    def _number(self, position: int, major: int, most: int) -> tuple[int, int] | None:
        """The number in a CBOR head of this major type, and where its head ends."""
        if position >= len(self._buffer):
            return None
        info = self._buffer[position] ^ major
        if info >= 28:
            what = "a time" if major == _UNSIGNED else "the bytes of a frame"
            raise self._refusal(position, f"not {what}")
        width = _WIDTHS.get(info, 0)
        end = position + 1 + width
        if end > len(self._buffer):
            return None
        value = int.from_bytes(self._buffer[position + 1 : end], "big") if width else info
        if value > most:
            raise self._refusal(position, f"{value} is more than {most}")
        return value, end

    def _refusal(self, position: int, what: str) -> Invalid:
        return Invalid("bad_dump", f"{what} at byte {self._dropped + position}")
