"""What a labeler sent and nobody has stored yet, within bounds: full, it stops the reading."""

import asyncio

MOST_BYTES = 128_000  # one message may be larger, and then is alone


class Inbox:
    """For one who puts and one who takes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._frames: list[bytes] = []
        self._bytes = 0
        self._closed = False
        self._filled, self._room = asyncio.Event(), asyncio.Event()

    async def put(self, frame: bytes) -> None:
        while self._frames and self._bytes + len(frame) > self._most_bytes:
            self._room.clear()
            await self._room.wait()
        self._frames.append(frame)
        self._bytes += len(frame)
        self._filled.set()

    def close(self) -> None:
        """Nothing more will be put."""
        self._closed = True
        self._filled.set()

    async def take(self) -> list[bytes]:
        """All there is, and something; nothing once it is closed and all was taken."""
        await self._filled.wait()
        frames, self._frames, self._bytes = self._frames, [], 0
        if not self._closed:
            self._filled.clear()
        self._room.set()
        return frames
