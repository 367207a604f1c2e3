"""Worlds that failed once.

To add one: put what a failing run printed, its number and the lines below it, into a file of its
own in `regressions/`, named by what was wrong, and say it in lines that begin with `#`. What it
fails without may go. It runs a few times, for writers that cross do not always cross.
"""

from pathlib import Path

import pytest

from tests.model.conftest import Place
from tests.model.test_worlds import lived
from tests.model.worlds import read

FILES = sorted((Path(__file__).parent / "regressions").glob("*.world"))
TIMES = 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_what_failed_once_agrees(file: Path, place: Place) -> None:
    for _ in range(TIMES):
        await lived(read(file.read_text()), place)
