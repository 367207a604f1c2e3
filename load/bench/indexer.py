"""The real indexer as a process of its own, and what it says of itself while it runs."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
_WHERE = re.compile(r"http://127\.0\.0\.1:(\d+)/metrics")
_ENDED = re.compile(r" ended events=(\d+) ops=(\d+) ")
_PATIENCE_S = 60.0
_LAST_WORDS = 4000


class IndexerFailed(RuntimeError):
    """It ended by itself, or would not end; the text holds its last words."""


class Indexer:
    def __init__(self, process: Process, output: Path, session: aiohttp.ClientSession) -> None:
        self.pid = process.pid
        self._process = process
        self._output = output
        self._session = session
        self._base: str | None = None

    @property
    def ended(self) -> bool:
        """Whether it has, in good order. Raises IndexerFailed when it was not in order."""
        if code := self._process.returncode:
            raise self.failed(f"the indexer ended with {code}")
        return code == 0

    def failed(self, why: str) -> IndexerFailed:
        return IndexerFailed(f"{why}. It said:\n{self._said()[-_LAST_WORDS:].strip()}")

    async def status(self) -> dict[str, Any] | None:
        """None before it has begun, and when it has ended."""
        if self._base is None and (found := _WHERE.search(self._said())):
            self._base = f"http://127.0.0.1:{found[1]}"
        if self._base is None:
            return None
        try:
            async with self._session.get(f"{self._base}/status") as answer:
                return dict(await answer.json())
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def metrics(self, address: str) -> str:
        """Nothing when the process is no more."""
        try:
            async with self._session.get(f"{address}/metrics") as answer:
                return await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return ""

    async def through(self) -> None:
        """Until it has read a file to its end."""
        await self._process.wait()
        if not self.ended:
            raise self.failed("the indexer did not end")

    async def stop(self) -> None:
        """Raises IndexerFailed when it does not end well."""
        if self.ended:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._process.wait()
        except TimeoutError:
            raise self.failed(f"the indexer did not end within {_PATIENCE_S:.0f} s") from None
        if not self.ended:
            raise self.failed("the indexer did not end")

    def total(self) -> tuple[int, int]:
        """Events and operations, as it says in the end."""
        found = _ENDED.search(self._said())
        if found is None:
            raise self.failed("the indexer does not say what it has done")
        return int(found[1]), int(found[2])

    def _said(self) -> str:
        return self._output.read_text(errors="replace")


@asynccontextmanager
async def indexing(directory: Path, environment: Mapping[str, str]) -> AsyncIterator[Indexer]:
    """It reads its relay from the oldest frame on; it is killed if it still runs in the end."""
    output = directory / "indexer.log"
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "indexer", "run"),
            cwd=ROOT,
            env={**os.environ, **ALONE, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,  # Ctrl-C is for us; we tell it.
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            yield Indexer(process, output, session)
    finally:
        if process.returncode is None:
            process.kill()  # its children do not outlive it
            await process.wait()


# Nobody is asked anything: what is measured is the stream and PostgreSQL.
ALONE = {
    "START_CURSOR": "0",
    "SKIP_PDS_FETCHING": "true",
    "LABELERS": "",
    "METRICS_PORT": "0",
    "METRICS_HOST": "127.0.0.1",
    "LOG_LEVEL": "INFO",
}
