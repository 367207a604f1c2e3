"""Commands as somebody runs them, which no test leaves behind."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def module(*words: str, env: Mapping[str, str] | None = None) -> AsyncIterator[Process]:
    """`python -m` with these words. It does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *words), cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
