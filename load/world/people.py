"""Who lives in a world, and what they can point at."""

from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from load.world.memory import Edges, Memory

NAMES = (
    "alma",
    "bram",
    "cleo",
    "dara",
    "emil",
    "fay",
    "gus",
    "hana",
    "ivo",
    "juno",
    "kofi",
    "lena",
)


class Ref(NamedTuple):
    uri: str
    cid: str

    @property
    def strong(self) -> dict[str, str]:
        return {"uri": self.uri, "cid": self.cid}


class Post(NamedTuple):
    ref: Ref
    root: Ref  # Of its thread: itself, when it replies to nothing.
    author: "Person"


class Edge(NamedTuple):
    """A record that can be taken back; `subject` is what it points at, if it may do so once."""

    person: "Person"
    collection: str
    rkey: str
    subject: str | None
    cid: bytes | None  # Of its first version.


@dataclass(slots=True, eq=False)
class Person:
    did: str
    handle: str
    clock: int  # The low ten bits of the person's TIDs.
    edges: Edges
    active: bool = True
    # Paths of live records that are put in place of one another.
    standing: set[str] = field(default_factory=set)
    threads: tuple[Post, ...] = ()  # The latest.
    lists: tuple[Ref, ...] = ()  # The latest.

    def begin(self, thread: Post) -> None:
        self.threads = (*self.threads[1 - _REMEMBERED :], thread)

    def keep(self, made: Ref) -> None:
        self.lists = (*self.lists[1 - _REMEMBERED :], made)


_REMEMBERED = 8


def person(seed: int, number: int, memory: Memory) -> Person:
    digest = sha256(f"person {number} of world {seed}".encode()).digest()
    handle = f"{NAMES[number % len(NAMES)]}-{number}.test"
    # A few people in the world keep their identity on a web server.
    web = number % 29 == 28
    did = f"did:web:{handle}" if web else f"did:plc:{b32encode(digest[:15]).decode().lower()}"
    clock = int.from_bytes(digest[15:17], "big") & 1023
    return Person(did, handle, clock, Edges(did, memory))
