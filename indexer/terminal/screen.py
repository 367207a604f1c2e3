"""The terminal's other screen, so that leaving it brings back what was there, and the loop that
draws on it.

It is drawn on only by who is in the foreground. Ctrl-Z leaves it, and whoever comes back draws it
anew.
"""

import io
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from rich.console import Console

from indexer.terminal.asking import Asker
from indexer.terminal.drawing import draw
from indexer.terminal.parts import Lines, Live

EVERY_S = 1.0
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
HOME, TO_END_OF_LINE, TO_END = "\x1b[H", "\x1b[K", "\x1b[J"
USUAL = os.terminal_size((80, 24))


def can_show() -> bool:
    """Whether standard output is a terminal that can be drawn on, and ours to draw on."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    named = os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")
    return sys.stdout.isatty() and named and encoding == "utf8" and in_foreground()


def in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdout.fileno()) == os.getpgrp()
    except OSError:  # it is not the terminal that we were started from, or it is gone
        return False


class Screen:
    """What is typed meanwhile appears on it, until it is drawn again."""

    def __init__(self) -> None:
        self._entered = False

    def enter(self) -> None:
        if not self._entered:
            _write(ENTER)
        self._entered = True

    def leave(self) -> None:
        if self._entered:
            _write(LEAVE)
        self._entered = False

    def show(self, lines: Lines, size: os.terminal_size) -> None:
        # A terminal may break a line that fills it.
        rows = _coloured(lines, max(1, size.columns - 1))
        _write(HOME + f"{TO_END_OF_LINE}\r\n".join(rows) + TO_END_OF_LINE + TO_END)


def follow(asker: Asker, said: Callable[[], Sequence[str]], control: int | None = None) -> None:
    """Draws every second, and when the terminal's size changes, until `control` can be read; None
    never can. `said` are the newest lines of a log."""
    live: Live | None = None
    with _entered() as screen, _woken() as woken:
        while True:
            live = asker.ask() or live
            if in_foreground():
                screen.enter()
                size = _size()
                lines = draw(live, asker.trouble, said(), max(1, size.columns - 1), size.lines)
                screen.show(lines, size)
            watched = [woken] if control is None else [woken, control]
            ready, _, _ = select.select(watched, [], [], EVERY_S)
            if woken in ready:
                os.read(woken, 4096)
            if control in ready:
                return


@contextmanager
def _entered() -> Iterator[Screen]:
    screen = Screen()

    def stop(*_: object) -> None:
        screen.leave()
        os.kill(os.getpid(), signal.SIGSTOP)

    before = signal.signal(signal.SIGTSTP, stop)
    try:
        yield screen
    finally:
        signal.signal(signal.SIGTSTP, before)
        screen.leave()


@contextmanager
def _woken() -> Iterator[int]:
    """What can be read when the terminal's size has changed, or we are in the foreground again."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    wakes = (signal.SIGWINCH, signal.SIGCONT)
    before = [signal.signal(number, lambda *_: None) for number in wakes]
    waker = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(waker)
        for number, was in zip(wakes, before, strict=True):
            signal.signal(number, was)
        os.close(reading)
        os.close(writing)


def _size() -> os.terminal_size:
    """Not what COLUMNS says: that was true once."""
    with suppress(OSError):
        found = os.get_terminal_size(sys.stdout.fileno())
        if found.columns and found.lines:
            return found
    return USUAL


def _coloured(lines: Lines, width: int) -> list[str]:
    """As this terminal shows colours."""
    console = Console(
        file=io.StringIO(), width=width, force_terminal=True, markup=False, highlight=False
    )
    rows = []
    for text in lines:
        with console.capture() as captured:
            console.print(text, end="", no_wrap=True, overflow="ellipsis", crop=True, emoji=False)
        rows.append(captured.get())
    return rows


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
