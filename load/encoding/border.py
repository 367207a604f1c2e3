"""Where a world's past ends: what has to be known of it to go on from there."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from load.world import Happening, Write, lexicon
from load.world.people import Edge
from load.world.times import rev_of

# Put in place of one another, whoever remembers them.
_IN_PLACE = {lexicon.THREADGATE, lexicon.POSTGATE}


@dataclass(slots=True)
class Standing:
    """An account's repository: its rev, and what may still be changed, with CIDs. There is more in
    it, of which nothing will ever be heard again."""

    rev: str
    paths: dict[str, bytes]


@dataclass(slots=True)
class Border:
    happenings: int = 0
    standing: dict[str, Standing] = field(default_factory=dict)


class Crossing:
    """Follows a past, in which nobody leaves, to its border."""

    def __init__(self) -> None:
        self._happenings = 0
        self._revs: dict[str, int] = {}
        self._altered: defaultdict[str, dict[str, bytes]] = defaultdict(dict)

    def note(self, happening: Happening) -> None:
        self._happenings += 1
        if happening.kind == "commit":
            self._revs[happening.did] = happening.time_us
        elif happening.status is not None:
            raise ValueError(f"{happening.did} leaves in the past")
        for write in happening.writes:
            self._alter(happening.did, write)

    def _alter(self, did: str, write: Write) -> None:
        if write.cid is None:
            if did in self._altered:
                self._altered[did].pop(write.path, None)
        elif write.action == "update" or write.rkey == "self" or write.collection in _IN_PLACE:
            self._altered[did][write.path] = write.cid

    def border(self, edges: Iterable[Edge]) -> Border:
        standing = {did: Standing(rev_of(time), {}) for did, time in self._revs.items()}
        for edge in edges:
            if edge.cid is not None:
                standing[edge.person.did].paths[f"{edge.collection}/{edge.rkey}"] = edge.cid
        for did, paths in self._altered.items():
            standing[did].paths |= paths
        return Border(self._happenings, standing)
