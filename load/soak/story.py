"""A world that goes on: what was before, what the relay remembers, and what is yet to come."""

from indexer.protocol.dump import Entry
from load.capture import seq_of
from load.network import Network, World, made

_UNHEARD, _KNOWN = 0.5, 0.6  # so much is over before the relay remembers; so much before we begin


class Story:
    """`network` knows what has happened so far."""

    def __init__(self, seed: int, commits: int, people: int) -> None:
        world = made(seed, commits, people)
        count = len(world.entries)
        begin, self._at = int(count * _UNHEARD), int(count * _KNOWN)
        self.network = _before(world, world.entries[: self._at])
        self.heard = world.entries[begin : self._at]
        self._entries = world.entries

    @property
    def left(self) -> int:
        return len(self._entries) - self._at

    def next(self) -> tuple[int, bytes] | None:
        """What happens next has happened, and is to be told under its number."""
        if not self.left:
            return None
        _, frame = self._entries[self._at]
        self._at += 1
        self.network.learn(frame)
        return seq_of(frame) or 0, frame


def _before(world: World, entries: list[Entry]) -> Network:
    network = Network()
    for account in world.network.accounts.values():
        network.add(account.document)
    for _, frame in entries:
        network.learn(frame)
    return network
