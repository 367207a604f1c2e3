"""The indexer as a process of its own, that may ask everybody, and what it says of itself."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from load.chaos.service import END_S, LAST_WORDS, ROOT, IndexerFailed, Life
from load.network import Running, environment

# Many rounds shall go into an hour: nobody waits long before asking again.
SETTINGS = """
[cursor]
save_every_s = 0.2
[pending]
sweep_every_s = 5
[relay]
backoff_first_s = 0.2
backoff_max_s = 2
[http]
dns_servers = ["127.0.0.1:{port}"]
try_s = 4
retries = 1
backoff_first_s = 0.2
backoff_max_s = 2
rest_s = 10
[resolver]
development = true
negative_s = 5
[fetcher]
look_every_s = 0.2
backoff_first_s = 2
backoff_max_s = 20
lease_s = 30
[repos]
look_every_s = 0.2
max_bytes = 4_000_000
within_s = 20
backoff_first_s = 2
backoff_max_s = 20
lease_s = 20
stall_s = 10
"""
SHARDS = 2


@asynccontextmanager
async def indexing(directory: Path, url: str, there: Running) -> AsyncIterator[Life]:
    """In the end it is told to end. Raises IndexerFailed when it does not do so well."""
    settings, output = directory / "soak.toml", directory / "indexer.log"
    settings.write_text(SETTINGS.format(port=there.names.port))
    ours = environment(there) | {
        "DATABASE_URL": url,
        "INDEXER_CONFIG": str(settings),
        "SKIP_PDS_FETCHING": "",
        "METRICS_PORT": "0",
        "SHARDS": str(SHARDS),
    }
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "indexer", "run"),
            cwd=ROOT,
            env=os.environ | ours,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,  # Ctrl-C is for us; we tell it.
        )
    life = Life(process, output)
    try:
        yield life
    finally:
        await _end(life)


async def _end(life: Life) -> None:
    if life.alive:
        life.process.terminate()
    try:
        async with asyncio.timeout(END_S):
            status = await life.process.wait()
    except TimeoutError:
        life.process.kill()
        status = await life.process.wait()
    if status:
        said = life.said()[-LAST_WORDS:]
        raise IndexerFailed(f"it ended with {status}. It said:\n{said}")
