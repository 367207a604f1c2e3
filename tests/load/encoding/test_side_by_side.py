"""Several processes make the frames that one makes."""

from functools import partial

from load.encoding.border import Border
from load.encoding.frames import Encoder
from load.encoding.side_by_side import side_by_side
from load.generate import generate
from load.world import World


def test_several_processes_make_the_same_frames() -> None:
    make = partial(Encoder, 4, 0, Border())
    assert list(side_by_side(World(4, 500), make, 2, 100)) == list(generate(4, 500))
