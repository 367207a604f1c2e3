"""A world as a capture: the same seed makes the same bytes, a frame at a time."""

from collections.abc import Iterable, Iterator

from indexer.protocol.dump import Entry
from load.encoding.frames import Encoder
from load.world import Happening, World

ON_THE_WAY_US = 40_000  # From the PDS's clock to ours.


def generate(
    seed: int = 1,
    commits: int = 200,
    people: int | None = None,
    rate: float = 400.0,
    encoder: Encoder | None = None,
) -> Iterator[Entry]:
    """Frames of a world with this many commits, as `(received_at_us, frame)`.

    An encoder given is left with every repository as it is in the end.
    """
    return entries(World(seed, commits, people, rate), encoder or Encoder(seed))


def entries(story: Iterable[Happening], encoder: Encoder) -> Iterator[Entry]:
    for happening in story:
        yield happening.time_us + ON_THE_WAY_US, encoder.encode(happening)
