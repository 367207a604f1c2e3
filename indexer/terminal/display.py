"""The parent's side of the display: starts it, gives it all log lines, ends it.

Whatever becomes of the display, the indexer goes on: its log lines go back to the terminal, which
is put back as it was. Who logs never meets a pipe that nobody reads, for we hold its other end too.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Thread

import structlog

from indexer.terminal.screen import LEAVE, in_foreground

STDERR = 2
LEAVE_S = 5.0
# An interrupt from the terminal is for the parent alone, and so is what its whole group is told.
KEPT_FROM_IT = {signal.SIGINT, signal.SIGTERM}

log = structlog.get_logger()


class Display:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: int | None = None
        self._stderr: int | None = None
        """Where log lines went before."""
        self._closing = self._restored = False
        self._watch = Thread(target=self._stand_in, daemon=True)

    def start(self, host: str, port: int) -> None:
        """Shows the indexer that serves its metrics there. From now on log lines go to the
        display, those of processes begun later too, unless standard error is another place."""
        sys.stdout.flush()
        command = [sys.executable, "-m", "indexer.terminal", host, str(port)]
        reading, writing = os.pipe()
        captures = _is_one_terminal()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, KEPT_FROM_IT)
        try:
            self._process = subprocess.Popen(
                [*command, str(reading)] if captures else command,
                stdin=subprocess.PIPE,
                pass_fds=(reading,) if captures else (),
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._pipe, self._stderr = reading, os.dup(STDERR)
        if captures:
            os.dup2(writing, STDERR)
        os.close(writing)
        self._watch.start()

    def close(self) -> None:
        """Log lines go where they went before; the display says the newest once more."""
        self._closing = True
        if self._process is None or self._stderr is None:
            return
        os.dup2(self._stderr, STDERR)
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode:
            self._restore()

    def _stand_in(self) -> None:
        """When the display ends and nobody told it to."""
        assert self._process is not None and self._stderr is not None and self._pipe is not None
        self._process.wait()
        if self._closing:
            return
        self._restore()
        os.dup2(self._stderr, STDERR)
        log.warning("the display has ended; the log goes on", exit_code=self._process.returncode)
        while text := os.read(self._pipe, 65_536):
            os.write(self._stderr, text)

    def _restore(self) -> None:
        """Once: behind that stands what was logged since."""
        if not self._restored and in_foreground():
            self._restored = True
            with suppress(OSError):
                os.write(sys.stdout.fileno(), LEAVE.encode())


def _is_one_terminal() -> bool:
    """Whether what is logged would appear in what is drawn."""
    return os.isatty(STDERR) and os.fstat(STDERR).st_rdev == os.fstat(sys.stdout.fileno()).st_rdev
