"""A run that is ended, or that cannot be, leaves what it should and nothing else."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path

import pytest

from load.capture import write_capture
from tests.polling import until

ROOT = Path(__file__).parents[3]


async def chaos(directory: Path, *words: str | Path) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "load", "chaos", *map(str, words)),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(directory), "COLUMNS": "120"},
        stdout=PIPE,
        stderr=STDOUT,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("while_it", ["makes a world", "indexes"])
async def test_when_told_to_end_it_leaves_nothing(
    number: int, while_it: str, tmp_path: Path
) -> None:
    process = await chaos(tmp_path, "--commits", "60000" if while_it == "makes a world" else "300")
    sign = "*/stream.cborseq.zst" if while_it == "makes a world" else "*/peace/indexer-0001.log"
    await until(lambda: any(tmp_path.glob(sign)))
    process.send_signal(number)
    said, _ = await process.communicate()
    assert process.returncode == 130, said.decode()
    assert b"Stopped" in said
    assert list(tmp_path.iterdir()) == []


async def test_what_cannot_be_indexed_is_said(tmp_path: Path) -> None:
    empty = write_capture(tmp_path / "empty.zst", [])
    process = await chaos(tmp_path, "--capture", empty)
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert b"holds no event" in said
