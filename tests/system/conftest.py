from pathlib import Path
from typing import NamedTuple

import pytest

from load.capture import read_capture, seq_of, write_capture
from load.generate import generate


class Capture(NamedTuple):
    name: str
    path: Path
    last: int  # the seq of its last frame


@pytest.fixture(scope="session", params=["made", "devnet"])
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """A whole small network from its first event on: one that we made, and a real one."""
    if request.param == "devnet":
        path = request.getfixturevalue("corpus") / "devnet" / "frames.cborseq.zst"
    else:
        path = tmp_path_factory.mktemp("made") / "world.cborseq.zst"
        write_capture(path, generate(seed=7, commits=2500))
    return Capture(request.param, path, max(seq_of(frame) or 0 for _, frame in read_capture(path)))
