"""The display of `indexer run`, a process of its own: `python -m indexer.terminal HOST PORT [LOG]`.

LOG is the descriptor that all log lines come from. It ends when standard input does, which it
does with whoever started it, and then says on standard error what was logged last.
"""

import os
import sys
from collections import deque
from collections.abc import Sequence
from threading import Thread

from indexer.terminal.asking import Asker
from indexer.terminal.screen import follow

NICE = 10
KEPT, REPEATED = 1000, 100  # lines
LAST_WORDS_S = 0.3


class Log:
    """Reads whatever comes at once, and keeps the newest of it: nobody who logs waits for us."""

    def __init__(self, descriptor: int) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT)
        self._count = 0
        self._descriptor = descriptor
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def newest(self) -> Sequence[str]:
        return list(self._lines)

    def say_last(self) -> None:
        self._thread.join(LAST_WORDS_S)  # others may hold the other end longer
        lines = list(self._lines)[-REPEATED:]
        if self._count > len(lines):
            print(f"… {self._count - len(lines)} lines were logged before", file=sys.stderr)
        print(*lines, sep="\n", file=sys.stderr, flush=True)

    def _read(self) -> None:
        with os.fdopen(self._descriptor, errors="replace") as file:
            for line in file:
                self._lines.append(line.rstrip("\n"))
                self._count += 1


def main(host: str, port: str, descriptor: str = "") -> None:
    os.nice(NICE)
    log = Log(int(descriptor)) if descriptor else None
    try:
        follow(Asker(host, int(port)), log.newest if log else list, sys.stdin.fileno())
    finally:
        if log is not None:
            log.say_last()


if __name__ == "__main__":
    main(*sys.argv[1:])
