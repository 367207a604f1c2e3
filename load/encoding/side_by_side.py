"""Encoding in several processes: each has the repositories of some of the people.

The frames come out in the order of the story, as one process makes them.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from itertools import islice
from multiprocessing import get_context
from zlib import crc32

from indexer.protocol.dump import Entry
from load.encoding.frames import Encoder
from load.generate import ON_THE_WAY_US
from load.world import Happening

_AT_ONCE = 2000
_IN_HAND = 3  # Lots of so many happenings that are under way.
Numbered = list[tuple[int, Happening]]
Frames = list[tuple[int, bytes]]

_encoder: Encoder  # Of a process that encodes, which does nothing else.


def side_by_side(
    story: Iterable[Happening],
    make: Callable[[], Encoder],
    processes: int,
    at_once: int = _AT_ONCE,
) -> Iterator[Entry]:
    """`make` is called in every process."""
    numbered = enumerate(story, make().seq + 1)
    with ExitStack() as stack:
        pools = [stack.enter_context(_pool(make)) for _ in range(processes)]
        waiting: deque[tuple[Numbered, list[Future[Frames]]]] = deque()
        while lot := list(islice(numbered, at_once)):
            waiting.append((lot, _handed_out(lot, pools)))
            if len(waiting) == _IN_HAND:
                yield from _gathered(*waiting.popleft())
        while waiting:
            yield from _gathered(*waiting.popleft())


def _pool(make: Callable[[], Encoder]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, get_context("spawn"), _begin, (make,))


def _begin(make: Callable[[], Encoder]) -> None:
    global _encoder
    _encoder = make()


def _handed_out(lot: Numbered, pools: list[ProcessPoolExecutor]) -> list[Future[Frames]]:
    shares: list[Numbered] = [[] for _ in pools]
    for seq, happening in lot:
        shares[crc32(happening.did.encode()) % len(pools)].append((seq, happening))
    return [pool.submit(_encoded, share) for pool, share in zip(pools, shares, strict=True)]


def _encoded(share: Numbered) -> Frames:
    frames = []
    for seq, happening in share:
        _encoder.seq = seq - 1
        frames.append((seq, _encoder.encode(happening)))
    return frames


def _gathered(lot: Numbered, futures: list[Future[Frames]]) -> Iterator[Entry]:
    frames = dict(pair for future in futures for pair in future.result())
    for seq, happening in lot:
        yield happening.time_us + ON_THE_WAY_US, frames[seq]
