"""One place among the processes, which is filled again whenever it falls empty.

A child that dies, or whose pulse stands still, is replaced: the first time at once, then ever more
slowly. One told to end finishes what it has in hand; one that does not is killed.
"""

import asyncio
import signal
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import Literal, Protocol

import structlog

from indexer import metrics
from indexer.channel import Message
from indexer.parent.backoff import Backoff
from indexer.parent.link import Link

FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 30.0
STEADY_S = 60.0
TICK_S = 1.0
LEAVE_S = 5.0

State = Literal["starting", "running", "down", "stopped"]

log = structlog.get_logger()


class Duty(Protocol):
    """What runs in that place, and what the parent has to do with it."""

    name: str

    def prepare(self) -> tuple[Link, SpawnProcess]:
        """A new link, and a process, not started, that was given its end."""

    def started(self) -> None: ...

    def heard(self, message: Message) -> None: ...

    async def ended(self) -> None:
        """The process is dead, and everything it said was heard."""


class Child:
    def __init__(self, duty: Duty, hung_after_s: float) -> None:
        self.name = duty.name
        self.state: State = "starting"
        self.restarts = 0
        self.trouble: str | None = None
        """Why the last incarnation ended, until one runs."""
        self.pid: int | None = None
        self.port: int | None = None
        self._duty = duty
        self._hung_after_s = hung_after_s
        self._ending = asyncio.Event()
        self._process: SpawnProcess | None = None
        self._last_words: str | None = None

    async def keep(self) -> None:
        """Until told to end, or cancelled, which leaves the process to `kill`."""
        backoff = Backoff(FIRST_WAIT_S, LONGEST_WAIT_S)
        while True:
            began = monotonic()
            cause = await self._live()
            if self._ending.is_set():
                self.state = "stopped"
                return
            self.state = "down"
            self.restarts += 1
            metrics.RESTARTS.labels(self.name, cause).inc()
            if monotonic() - began > STEADY_S:
                backoff.reset()
            wait_s = backoff.next_s()
            log.error("a process ended", child=self.name, why=self.trouble, next_try_s=wait_s)
            await self._told_to_end_within(wait_s)

    def expect_end(self) -> None:
        """From now on one that ends, as all do at a signal to the whole group, is not missed."""
        self._ending.set()

    def end(self) -> None:
        """Asks the process to finish what it has in hand."""
        self._ending.set()
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        self._ending.set()
        if self._process is not None:
            self._process.kill()

    async def _live(self) -> str:
        """One incarnation; returns one word for how it ended."""
        if self._ending.is_set():
            return "ended"
        self.state, self._last_words = "starting", None
        link, process = self._duty.prepare()
        start(process)
        link.started()
        gone = link.listen(asyncio.get_running_loop(), self._heard)
        self._process, self.pid = process, process.pid
        self._duty.started()
        cause = await self._watch(link, process, gone)
        await asyncio.to_thread(process.join, LEAVE_S)
        process.kill()
        await asyncio.to_thread(process.join)
        self._process = self.pid = self.port = None
        self.trouble = self._explained(cause, process.exitcode)
        await self._duty.ended()
        link.close()
        process.close()
        return cause

    async def _watch(self, link: Link, process: SpawnProcess, gone: asyncio.Event) -> str:
        """We count our own ticks: a clock that jumps, as under a stopped machine, kills nobody."""
        beat, silent_s = 0.0, 0.0
        while not await _within(gone, TICK_S):
            silent_s = 0.0 if link.pulse.last_beat != beat else silent_s + TICK_S
            beat = link.pulse.last_beat
            if silent_s >= self._hung_after_s:
                process.kill()
                await gone.wait()
                return "hung"
        return "died"

    def _heard(self, message: Message) -> None:
        match message:
            case ("ready", int(port)):
                self.state, self.port, self.trouble = "running", port, None
            case ("fatal", str(text)):
                self._last_words = text
        self._duty.heard(message)

    def _explained(self, cause: str, exit_code: int | None) -> str:
        if cause == "hung":
            return f"its event loop was silent for {self._hung_after_s:g} s"
        if self._last_words:
            return self._last_words
        if exit_code is not None and exit_code < 0:
            return f"killed by {signal.Signals(-exit_code).name}"
        return f"it left with exit code {exit_code}"

    async def _told_to_end_within(self, seconds: float) -> None:
        await _within(self._ending, seconds)


def start(process: SpawnProcess) -> None:
    """An interrupt from the terminal is for the parent alone, also while the child begins."""
    resource_tracker.ensure_running()  # Later it would unblock the signal in the middle of this.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
