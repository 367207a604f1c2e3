"""Decode a frame where it can do no harm: in a process of its own, which it may take down."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context

from indexer.protocol.errors import Invalid
from indexer.protocol.frame import decode

LONGEST_S = 60.0  # also for the process to begin, on a busy machine


async def survives(frame: bytes, received_us: int) -> bool:
    """Whether a process lives through decoding it, whatever comes of that."""
    return await asyncio.to_thread(lived_through, _taste, frame, received_us)


def lived_through(target: Callable[..., object], *arguments: object) -> bool:
    """Whether a new process ended well, and in time, that called this."""
    process = get_context("spawn").Process(target=target, args=arguments)
    process.start()
    process.join(LONGEST_S)
    lived = process.exitcode == 0
    process.kill()
    process.join()
    process.close()
    return lived


def _taste(frame: bytes, received_us: int) -> None:
    with suppress(Invalid):
        decode(frame, received_us)
