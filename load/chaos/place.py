"""Where the rows go: a PostgreSQL that the indexer starts, or finds started already.

Sometimes it is ours, and outlives an indexer that dies, with all that its shards had in hand;
sometimes it is the indexer's own, and goes with it. Revived it is in either case.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from indexer import postgres
from indexer.postgres import Server


class Place:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._server = Server(data_dir)
        # A server dies with the thread that started it.
        self._thread = ThreadPoolExecutor(1, "postgres")

    @property
    def url(self) -> str | None:
        """None while there is nobody."""
        return postgres.running_url(self.data_dir)

    async def start(self) -> str:
        """Its URL, whoever started it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._server.start)
        return self._server.url

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._server.stop)
        self._thread.shutdown()
