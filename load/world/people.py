"""Who lives in a world, and what they can point at."""

from base64 import b32encode
from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

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


@dataclass(slots=True, eq=False)
class Person:
    did: str
    handle: str
    clock: int  # The low ten bits of the person's TIDs.
    active: bool = True
    edges: set[tuple[str, str]] = field(default_factory=set)  # (collection, subject)
    singles: set[str] = field(default_factory=set)  # Collections with a live record `self`.
    threads: deque[Post] = field(default_factory=lambda: deque(maxlen=8))
    lists: deque[Ref] = field(default_factory=lambda: deque(maxlen=8))


def person(seed: int, number: int) -> Person:
    digest = sha256(f"person {number} of world {seed}".encode()).digest()
    handle = f"{NAMES[number % len(NAMES)]}-{number}.test"
    # A few people in the world keep their identity on a web server.
    web = number % 29 == 28
    did = f"did:web:{handle}" if web else f"did:plc:{b32encode(digest[:15]).decode().lower()}"
    return Person(did, handle, int.from_bytes(digest[15:17], "big") & 1023)
