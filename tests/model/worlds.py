"""What happens in a world: few accounts, few record keys, so that everything collides.

A world is text, and what fails is printed as the text that can be kept. Each line is what one
account does, in JSON, `@a` standing for a DID and `@cid` for some CID:

    ["@a", [["create", "app.bsky.feed.post/1", {"text": "one"}]]]
    ["@b", {"active": false, "status": "deleted"}]       an #account
    ["@b", "identity"], ["@b", "sync"]                   events of those names
    ["@b", {"forbidden": true}]                          it opts out, or in again

The first line is a number that the order of delivery is made of.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.model.model import Happened, OptOut
from tests.model.repertoire import DIDS, FOCUSES, REPERTOIRE, Path, changes
from tests.ops import Stream
from tests.records.samples import CID

STATUSES = ["takendown", "suspended", "deactivated", "deleted", "never heard of", None]


@dataclass(frozen=True)
class World:
    delivery: int
    lines: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join([str(self.delivery), *self.lines])

    def events(self) -> list[Happened]:
        stream = Stream()
        return [_event(stream, *json.loads(_whole(line))) for line in self.lines]


def read(text: str) -> World:
    """A world as it was printed; empty lines and those that begin with `#` say nothing."""
    lines = [line.strip() for line in text.splitlines()]
    number, *rest = [line for line in lines if line and not line.startswith("#")]
    return World(int(number), tuple(rest))


def _whole(line: str) -> str:
    line = re.sub(r"@([a-z])\b", lambda found: f"did:plc:{found[1] * 24}", line)
    return line.replace("@cid", CID)


def _event(stream: Stream, did: str, what: Any) -> Happened:
    match what:
        case "identity":
            return stream.identity(did)
        case "sync":
            return stream.sync(did)
        case {"forbidden": forbidden}:
            return OptOut(did, forbidden)
        case {"active": active, "status": status}:
            return stream.account(did, active, status)
    return stream.commit(did, *map(tuple, what))


NEWS: dict[str, list[Any]] = {  # what stands in a line that is no commit
    "account": [{"active": False, "status": status} for status in STATUSES]
    + [{"active": True, "status": None}] * len(STATUSES),
    "identity": ["identity"],
    "sync": ["sync"],
    "choice": [{"forbidden": True}, {"forbidden": False}, {"forbidden": False}],
}
MOSTLY = ["commit"] * 50
Step = tuple[str, str, int, list[int]]  # who, of which kind, and which of all that it might be


def worlds(size: int, kinds: Sequence[str] = tuple(NEWS)) -> st.SearchStrategy[World]:
    """Of at least so many steps, some of which come to nothing. All is drawn as numbers: drawing
    anything else would take longer than what is done with it."""
    step = st.tuples(
        st.sampled_from([DIDS[0], *DIDS]),
        st.sampled_from([*MOSTLY, *kinds]),
        st.integers(0, 999),
        st.lists(st.integers(0, REPERTOIRE - 1), max_size=4),
    )
    return st.builds(
        lambda number, focus, steps: World(number, tuple(_lines(focus, steps))),
        st.integers(0, 10**6),
        st.sampled_from(list(FOCUSES)),
        st.lists(step, min_size=size, max_size=2 * size),
    )


def _lines(focus: str, steps: Sequence[Step]) -> Iterator[str]:
    """With every change as the repo's own history has it: what is there is updated or deleted.

    Not tried are statuses of accounts that once opted out: who names one for the first time just
    as it opts out and is deleted stores it without its status.
    """
    there: dict[str, list[Path]] = {did: [] for did in DIDS}
    silent: set[str] = set()
    for did, kind, which, chosen in steps:
        if kind == "account" and did in silent:
            continue
        if kind == "choice":
            silent.add(did)
        if kind in NEWS:
            yield json.dumps([did, NEWS[kind][which % len(NEWS[kind])]])
            continue
        # Small numbers are drawn most often: `which` spreads them over the repertoire.
        done = [changes(did, focus)[(n + 641 * which) % REPERTOIRE].of(there[did]) for n in chosen]
        if done := [change for change in done if change]:
            yield json.dumps([did, done])
