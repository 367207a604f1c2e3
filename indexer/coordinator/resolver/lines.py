"""Lines of a PLC export, in batches: of a DID the last line of a batch, and what was no line. Pure.

Lines end in a newline; an endless one takes no more memory than a long one, and is refused.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from indexer.protocol.errors import Invalid
from indexer.protocol.identity import MOST_BYTES
from indexer.protocol.plc import Change, read_line

CHUNK_BYTES = 8 << 20  # some 10,000 lines
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Batch:
    lines: int
    changes: dict[str, Change]
    bad: Counter[str]
    named: list[str]  # the first bad lines, by number
    last: datetime | None  # the latest moment of a line that is not nullified


def read_batches(file: BinaryIO) -> Iterator[Batch]:
    number, rest = 1, b""
    while chunk := file.read(CHUNK_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: MOST_BYTES + 1]
        yield read_batch(lines, number)
        number += len(lines)
    if rest:
        yield read_batch([rest], number)


def read_batch(lines: list[bytes], first_number: int) -> Batch:
    changes: dict[str, Change] = {}
    bad: Counter[str] = Counter()
    named: list[str] = []
    last: datetime | None = None
    for number, line in enumerate(lines, first_number):
        if not line.strip():
            continue
        try:
            change = read_line(line)
        except Invalid as error:
            bad[error.reason] += 1
            if len(named) < MOST_NAMED:
                named.append(f"line {number}: {error}")
            continue
        if change is not None:
            _keep(changes, change)
            last = max(last or change.created_at, change.created_at)
    return Batch(len(lines), changes, bad, named, last)


def _keep(changes: dict[str, Change], change: Change) -> None:
    """Of two of one moment, the one that stands later."""
    before = changes.get(change.did)
    if before is None or before.created_at <= change.created_at:
        changes[change.did] = change
