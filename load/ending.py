"""How a command ends: when it is done, when it is told to, or with a line about what cannot be."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from indexer.protocol.errors import Invalid


def run(work: Coroutine[Any, Any, None]) -> None:
    """Until it is done, or somebody presses ctrl-C or says SIGTERM, which are no errors."""

    async def until_told() -> None:
        task = asyncio.ensure_future(work)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(until_told())


@contextmanager
def said_plainly() -> Iterator[None]:
    """A file that cannot be read or written, a port that is taken: nobody needs a trace of it."""
    try:
        yield
    except (OSError, Invalid) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
