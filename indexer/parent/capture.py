"""A capture in a file as a source. It is read as fast as the shards take it, and then it is done.

Its frames come now, by our clock: when they came to whoever recorded them says nothing about us.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from time import time
from typing import BinaryIO, cast

from backports import zstd

from indexer import metrics
from indexer.parent.source import Broken
from indexer.protocol.dump import EntryDecoder
from indexer.protocol.errors import Invalid
from indexer.protocol.peek import peek

CHUNK_BYTES = 256 * 1024


class Capture:
    finite = True

    def __init__(self, service: str, path: Path) -> None:
        self.service = service
        self.connects = 0
        self._path = path

    async def frames(self, after: int | None) -> AsyncGenerator[tuple[int, bytes], None]:
        try:
            with open_capture(self._path) as file:
                self.connects += 1
                metrics.CONNECTS.inc()
                skipping = bool(after)  # Behind 0 lies everything.
                for chunk in _chunks(file):
                    for frame in chunk:
                        if skipping and after is not None:
                            seq = seq_of(frame) or 0
                            skipping = seq < after
                            if seq <= after:
                                continue
                        yield int(time() * 1_000_000), frame
                    await asyncio.sleep(0)  # Others have work to do meanwhile.
        except (OSError, EOFError, zstd.ZstdError, Invalid) as error:
            raise Broken(f"{self._path} cannot be read: {error}") from error


def open_capture(path: Path) -> BinaryIO:
    """Uncompressed bytes, whether the file is compressed or not."""
    if path.suffix != ".zst":
        return path.open("rb")
    return cast(BinaryIO, zstd.open(path, "rb"))


def seq_of(frame: bytes) -> int | None:
    try:
        return peek(frame).seq
    except Invalid:
        return None


def _chunks(file: BinaryIO) -> Iterator[Iterator[bytes]]:
    decoder = EntryDecoder()
    while data := file.read(CHUNK_BYTES):
        yield (frame for _, frame in decoder.feed(data))
    decoder.close()
