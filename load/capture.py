"""Captures on disk: the sequence of `indexer.protocol.dump`, compressed with zstd."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

from backports import zstd

from indexer.protocol.dump import Entry, EntryDecoder, encode_entry
from indexer.protocol.errors import Invalid
from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from indexer.protocol.peek import peek

SUFFIX = ".cborseq.zst"
_PIECE = 1 << 20
# Captures made elsewhere may look back as far as 128 MiB.
_READING: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
_WRITING: dict[int, int] = {
    zstd.CompressionParameter.compression_level: 3,
    zstd.CompressionParameter.checksum_flag: 1,
}


def read_capture(path: Path) -> Iterator[Entry]:
    """Every entry in its order, then Invalid("bad_dump") when the file is cut off or damaged."""
    decoder = EntryDecoder()
    try:
        for piece in _pieces(path):
            yield from decoder.feed(piece)
    except EOFError as cut:
        where = f"after byte {decoder.offset} of the sequence"
        raise Invalid("bad_dump", f"truncated: compressed data ends {where}") from cut
    except zstd.ZstdError as damage:
        raise Invalid("bad_dump", f"{damage}, after byte {decoder.offset}") from damage
    decoder.close()


def _pieces(path: Path) -> Iterator[bytes]:
    """What ZstdFile gives; but that takes damage at the start of a later part for the end."""
    with path.open("rb") as file:
        part = zstd.ZstdDecompressor(options=_READING)
        while True:
            data = b""
            if part.eof:
                data = part.unused_data or file.read(_PIECE)
                if not data:
                    return
                part = zstd.ZstdDecompressor(options=_READING)
            elif part.needs_input:
                data = file.read(_PIECE)
                if not data:
                    raise EOFError
            yield part.decompress(data, _PIECE)


class CaptureWriter:
    """Writes a capture of any length; what was written is whole once it is closed."""

    def __init__(self, path: Path) -> None:
        self.frames = 0
        self.bytes = 0  # Before compression.
        self._file = zstd.ZstdFile(path, "wb", options=_WRITING)
        self._file.write(b"")  # Even a capture of nothing begins as one.

    def write(self, received_at_us: int, frame: bytes) -> None:
        entry = encode_entry(received_at_us, frame)
        self._file.write(entry)
        self.frames += 1
        self.bytes += len(entry)

    def __enter__(self) -> "CaptureWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def write_capture(path: Path, entries: Iterable[Entry]) -> Path:
    with CaptureWriter(path) as writer:
        for received_at_us, frame in entries:
            writer.write(received_at_us, frame)
    return path


def seq_of(frame: bytes) -> int | None:
    """The frame's number; None where it has none, or cannot be read."""
    try:
        return peek(frame).seq
    except Invalid:
        return None


def ops_of(frame: bytes, now_us: int) -> int:
    """How many operations it brings to who receives it at `now_us`, in microseconds since 1970; a
    frame that is refused brings none."""
    try:
        event = decode(frame, now_us)
    except Invalid:
        return 0
    return len(event.ops) if isinstance(event, Commit) else 0
