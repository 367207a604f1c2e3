"""The load harness as a user runs it: `python -m load …`, in a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def program(directory: Path, *words: str, **environment: str) -> AsyncIterator[Process]:
    """`directory` is where it may put what it needs for a while. It knows no DATABASE_URL but one
    that is given."""
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "load", *words),
        cwd=ROOT,
        env={**inherited, "TMPDIR": str(directory), "COLUMNS": "120", **environment},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
