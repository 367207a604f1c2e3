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
from indexer.parent.source import Arrival, Broken
from indexer.protocol.dump import EntryDecoder
from indexer.protocol.errors import Invalid
from indexer.protocol.peek import peek

CHUNK_BYTES = 256 * 1024
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class Capture:
    finite = True

    def __init__(self, service: str, path: Path) -> None:
        self.service = service
        self.connects = 0
        self._path = path

    async def frames(self, after: int | None) -> AsyncGenerator[Arrival, None]:
        try:
            with open_capture(self._path) as file:
                self.connects += 1
                metrics.CONNECTS.inc()
                place = Place(after)
                for frames in _chunks(file):
                    yield Arrival(int(time() * 1_000_000), place.behind(frames))
                    await asyncio.sleep(0)  # Others have work to do meanwhile.
        except (OSError, EOFError, zstd.ZstdError, Invalid) as error:
            raise Broken(f"{self._path} cannot be read: {error}") from error


class Place:
    """The way through a file to what comes behind a seq."""

    def __init__(self, after: int | None) -> None:
        self._after = after or 0  # Behind 0 lies everything.
        self._there = not self._after

    def behind(self, frames: list[bytes]) -> list[bytes]:
        if self._there:
            return frames
        for at, frame in enumerate(frames):
            seq = seq_of(frame) or 0
            if seq >= self._after:
                self._there = True
                return frames[at + (seq == self._after) :]
        return []


def open_capture(path: Path) -> BinaryIO:
    """Uncompressed bytes, whether the file is compressed or not, and whatever it is called."""
    with path.open("rb") as file:
        compressed = file.read(len(ZSTD_MAGIC)) == ZSTD_MAGIC
    return cast(BinaryIO, zstd.open(path, "rb")) if compressed else path.open("rb")


def seq_of(frame: bytes) -> int | None:
    try:
        return peek(frame).seq
    except Invalid:
        return None


def _chunks(file: BinaryIO) -> Iterator[list[bytes]]:
    """Damage is said behind the frames that stand before it."""
    decoder = EntryDecoder()
    while data := file.read(CHUNK_BYTES):
        frames: list[bytes] = []
        try:
            for _, frame in decoder.feed(data):
                frames.append(frame)
        except Invalid:
            yield frames
            raise
        yield frames
    decoder.close()
