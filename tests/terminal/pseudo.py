"""A program in a real terminal, or what the kernel takes for one, and what stands on its screen."""

import asyncio
import fcntl
import os
import re
import signal
import struct
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tests.polling import until
from tests.system.program import group_of

ROOT = Path(__file__).parents[2]
ENTER, LEAVE, HOME = "\x1b[?1049h", "\x1b[?1049l", "\x1b[H"
EXIT = re.compile(r"\[exit (-?\d+)\]")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """Knows just the few controls that the display uses: enough to tell the last picture."""

    def __init__(self, shell: Process, master: int) -> None:
        self._shell = shell
        self._master = master
        self._written = bytearray()

    @property
    def written(self) -> str:
        return self._written.decode(errors="replace")

    @property
    def rows(self) -> list[str]:
        """What was drawn last on the other screen; nothing when that was left."""
        _, entered, there = self.written.rpartition(ENTER)
        pictures = there.split(HOME)
        if not entered or LEAVE in there or len(pictures) < 2:
            return []
        return [CONTROL.sub("", row).strip("\r") for row in pictures[-1].split("\n")]

    @property
    def left(self) -> bool:
        """Whether the screen that there was before is back, its cursor to be seen."""
        entered, left = self.written.rfind(ENTER), self.written.rfind(LEAVE)
        return left > entered and "\x1b[?25h" in self.written[entered:]

    @property
    def after(self) -> str:
        """What was written since the other screen was left."""
        return self.written.rpartition(LEAVE)[2]

    def shows(self, *words: str) -> bool:
        picture = "\n".join(self.rows)
        return all(word in picture for word in words)

    async def until_shows(self, *words: str) -> None:
        await until(lambda: self.shows(*words) or self._check())

    def _check(self) -> bool:
        assert self.exit_status is None, self.written[-3000:]
        return False

    @property
    def exit_status(self) -> int | None:
        """Of the program, as subprocesses have it; None while it runs."""
        found = EXIT.search(self.written)
        return int(found[1]) if found else None

    async def ended(self) -> int:
        """The exit status, once no process of the program is left."""
        await until(lambda: self.exit_status is not None)
        await until(lambda: group_of(self._shell.pid) == [self._shell.pid])
        return int(self.exit_status or 0)

    def signal(self, number: int) -> None:
        """To the program."""
        (pid,) = offspring(self._shell.pid)
        os.kill(pid, number)

    @property
    def display(self) -> int:
        """The process that draws for the program."""
        (program,) = offspring(self._shell.pid)
        drawing = (pid for pid, said in offspring(program).items() if "indexer.terminal" in said)
        return next(drawing)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self) -> None:
        with suppress(OSError):  # nobody has it open any more
            self._written += os.read(self._master, 65_536)


def offspring(pid: int) -> dict[int, str]:
    """The children of a process, and what they run."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in found}


@asynccontextmanager
async def terminal(
    *command: str, columns: int = 100, rows: int = 30, **environment: str
) -> AsyncIterator[Terminal]:
    """`python -m …`, in the foreground of a terminal of its own."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SHELL, sys.executable, "-m", *command),
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm-256color", "PYTHONUTF8": "1"} | environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    made = Terminal(process, master)
    loop = asyncio.get_running_loop()
    loop.add_reader(master, made.read)
    try:
        yield made
    finally:
        loop.remove_reader(master)
        for pid in group_of(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await process.wait()
        os.close(master)


# What a shell is to a program: the leader of the session, which outlives it.
SHELL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
program = os.fork()
if not program:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
_, status = os.waitpid(program, 0)
os.tcsetpgrp(0, os.getpgrp())
print(f"[exit {os.waitstatus_to_exitcode(status)}]", flush=True)
signal.pause()
"""
