"""The real indexer, as a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Shown more often than stored by default, or the bar would jump.
SETTINGS = "[cursor]\nsave_every_s = 0.1\n"
_PATIENCE_S = 20.0
_LAST_WORDS = 4000


class IndexerFailed(RuntimeError):
    """It ended by itself, or would not end; the text holds its last words."""


class Indexer:
    def __init__(self, process: Process, output: Path) -> None:
        self._process = process
        self._output = output

    def check(self) -> None:
        """Raises IndexerFailed when it runs no more."""
        if self._process.returncode is not None:
            raise self.failed(f"the indexer ended with {self._process.returncode}")

    def failed(self, why: str) -> IndexerFailed:
        said = self._output.read_text(errors="replace")[-_LAST_WORDS:].strip()
        return IndexerFailed(f"{why}. It said:\n{said}")

    async def stop(self) -> None:
        """Lets it drain. Raises IndexerFailed when it does not end well."""
        self.check()
        self._process.terminate()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                code = await self._process.wait()
        except TimeoutError:
            raise self.failed(f"the indexer did not end within {_PATIENCE_S:.0f} s") from None
        if code:
            raise self.failed(f"told to end, the indexer ended with {code}")


@asynccontextmanager
async def running(directory: Path, database_url: str, relay_url: str) -> AsyncIterator[Indexer]:
    """The indexer reading this relay from its oldest frame, killed if it still runs in the end."""
    output, settings = directory / "indexer.log", directory / "demo.toml"
    settings.write_text(SETTINGS)
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "indexer", "run"),
            cwd=ROOT,
            env=_environment(database_url, relay_url, settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,  # Ctrl-C is for us; we tell it.
        )
    try:
        yield Indexer(process, output)
    finally:
        if process.returncode is None:
            process.terminate()
            await _or_kill(process)


def _environment(database_url: str, relay_url: str, settings: Path) -> dict[str, str]:
    ours = {
        "DATABASE_URL": database_url,
        "RELAY_URL": relay_url,
        "START_CURSOR": "0",
        "SKIP_PDS_FETCHING": "true",
        "LABELERS": "",
        "METRICS_PORT": "0",
        "INDEXER_CONFIG": str(settings),
    }
    return {**os.environ, **ours}


async def _or_kill(process: Process) -> None:
    """A second SIGTERM ends it at once; what is left then is ended by force."""
    for end in (process.terminate, process.kill):
        try:
            async with asyncio.timeout(_PATIENCE_S / 2):
                await process.wait()
            return
        except TimeoutError:
            end()
    await process.wait()
