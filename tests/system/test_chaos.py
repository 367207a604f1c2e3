"""A short run of the machine that tries to break it; `python -m load chaos` is a long one."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
async def test_whatever_is_killed_the_rows_are_the_same(tmp_path: Path) -> None:
    words = ("--commits", "2000", "--kills", "12", "--every", "0.3")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "load", "chaos", *words),
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path), "COLUMNS": "120"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    out, _ = await process.communicate()
    said = out.decode()
    assert process.returncode == 0, said
    blows = [int(number) for number in re.findall(r"^ *all +(\d+)", said, re.MULTILINE)]
    assert blows and blows[0] > 5, said
    assert "Equal" in said
    assert list(tmp_path.iterdir()) == []
