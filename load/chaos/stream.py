"""The stream that is indexed twice: a capture, and what there is to know of it."""

from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from time import time

from rich.console import Console

from indexer.protocol.errors import Invalid
from load.capture import CaptureWriter, ops_of, read_capture, seq_of
from load.generate import generate
from load.progress import progress


@dataclass(frozen=True, slots=True)
class Stream:
    path: Path
    seqs: tuple[int, ...]  # rising
    ops: int

    @property
    def last(self) -> int:
        return self.seqs[-1]

    def done(self, cursor: int | None) -> int:
        """How many of the frames a cursor has behind it."""
        return bisect_right(self.seqs, cursor or 0)


def make(console: Console, path: Path, commits: int, seed: int) -> Stream:
    with progress(console) as bar, CaptureWriter(path) as writer:
        task = bar.add_task("making a world", total=None, said=f"seed {seed}")
        for received_at_us, frame in generate(seed, commits):
            writer.write(received_at_us, frame)
            if writer.frames % 256 == 0:
                bar.update(task, completed=writer.frames)
        bar.update(task, completed=writer.frames, total=writer.frames)
    return survey(path)


def survey(path: Path) -> Stream:
    """Raises Invalid when there is nothing to index, or the file is damaged."""
    seqs: list[int] = []
    ops = 0
    now_us = int(time() * 1_000_000)  # What a capture says of its own time may be made up.
    for _, frame in read_capture(path):
        seq = seq_of(frame)
        if seq is not None and seq > (seqs[-1] if seqs else 0):
            seqs.append(seq)
            ops += ops_of(frame, now_us)
    if not seqs:
        raise Invalid("bad_dump", f"{path} holds no event")
    return Stream(path, tuple(seqs), ops)
