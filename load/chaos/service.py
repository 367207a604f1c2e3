"""The indexer as a service: begun again whenever it ends, each time with other shards."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from load.chaos.poll import until

ROOT = Path(__file__).parents[2]
# Nobody shall be slow to come back, or late to put right what a crash left.
SETTINGS = "[relay]\nbackoff_first_s = 0.2\nbackoff_max_s = 1\n[pending]\nsweep_every_s = 1\n"
MOST_UNBEGUN = 20  # one after the other
END_S, ANSWER_S, BREATH_S = 60.0, 2.0, 0.2
LAST_WORDS = 4000
_WHERE = re.compile(r"http://127\.0\.0\.1:(\d+)/metrics")


class IndexerFailed(RuntimeError):
    """It does not do its work, and nobody hit it; the text holds its last words."""


@dataclass
class Life:
    """From one start to one end."""

    process: Process
    output: Path
    hit: bool = False

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    @property
    def begun(self) -> bool:
        """Until then it may end by itself when PostgreSQL is not there."""
        return _WHERE.search(self.said()) is not None

    async def status(self) -> dict[str, Any] | None:
        """What it says of itself; None while it begins or when it is no more."""
        found = _WHERE.search(self.said())
        if found is None or not self.alive:
            return None
        patience = aiohttp.ClientTimeout(total=ANSWER_S)
        url = f"http://127.0.0.1:{found[1]}/status"
        try:
            async with (
                aiohttp.ClientSession(timeout=patience) as session,
                session.get(url) as answer,
            ):
                status = dict(await answer.json())
        except (aiohttp.ClientError, TimeoutError):
            return None
        return status if status["pid"] == self.process.pid else None  # another may have its port

    def said(self) -> str:
        return self.output.read_text(errors="replace")


@dataclass
class Service:
    directory: Path
    environment: Mapping[str, str]
    shards: Callable[[], int]  # of the next start
    prepare: Callable[[], Awaitable[None]]  # before each start
    life: Life | None = None
    starts: int = 0
    most_unbegun: int = MOST_UNBEGUN
    _unbegun: int = 0
    _ending: bool = False
    _settings: Path = field(init=False)

    def __post_init__(self) -> None:
        self._settings = self.directory / "settings.toml"
        self._settings.write_text(SETTINGS)

    async def run(self) -> None:
        """Until `end`. Raises IndexerFailed when it keeps failing."""
        try:
            while not self._ending:
                await self.prepare()
                life = self.life = await self._start()
                status = await life.process.wait()
                self._judge(life, status)
        finally:
            await self._stop()

    async def end(self) -> None:
        """Asks it to end for good. Raises IndexerFailed when it does not end well."""
        await until(self._runs, BREATH_S)
        self._ending = True
        if not await self._stop():
            raise self.failed(f"it does not end within {END_S:.0f} s")

    def failed(self, why: str) -> IndexerFailed:
        said = self.life.said()[-LAST_WORDS:].strip() if self.life else ""
        return IndexerFailed(f"{why}. It said:\n{said}")

    async def _stop(self) -> bool:
        """Whether it ended when it was asked to."""
        if self.life is None or not self.life.alive:
            return True
        self.life.process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await self.life.process.wait()
        except TimeoutError:
            self.life.process.kill()
            await self.life.process.wait()
            return False
        return True

    async def _runs(self) -> bool:
        return self.life is not None and self.life.alive and self.life.begun

    def _judge(self, life: Life, status: int) -> None:
        """Once it has begun, nothing but a blow of its own may end it."""
        if life.hit or (self._ending and not status):
            self._unbegun = 0
            return
        self._unbegun += 1
        if self._ending or life.begun or self._unbegun > self.most_unbegun:
            raise self.failed(f"by itself, it ended with {status}")

    async def _start(self) -> Life:
        if self._unbegun:
            await asyncio.sleep(BREATH_S)
        self.starts += 1
        output = self.directory / f"indexer-{self.starts:04}.log"
        with output.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "indexer", "run"),
                cwd=ROOT,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,  # Ctrl-C is for us; we tell it.
            )
        return Life(process, output)

    def _environment(self) -> dict[str, str]:
        ours = {
            "START_CURSOR": "0",
            "SKIP_PDS_FETCHING": "true",
            "LABELERS": "",
            "METRICS_PORT": "0",
            "SHARDS": str(self.shards()),
            "INDEXER_CONFIG": str(self._settings),
        }
        return {**os.environ, **self.environment, **ours}
