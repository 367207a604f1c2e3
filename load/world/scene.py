"""Where a world stands: its clock, its people, what they made, and how a record comes to be."""

from collections.abc import Mapping
from random import Random
from typing import Any

from libipld import encode_cid, encode_dag_cbor

from indexer.protocol.syntax import make_tid
from load.encoding.mst import cid_of
from load.world.chance import Pool, busy, famous
from load.world.happening import Action, Write
from load.world.memory import Memory
from load.world.people import Edge, Person, Post, Ref, person
from load.world.times import EPOCH_US, iso

_DAY_US = 86_400_000_000
_MOST_EDGES = 50_000  # That can still be taken back; beyond it some are forgotten.


class Scene:
    """All chance comes from one generator, so the order of calls is part of the story."""

    def __init__(self, seed: int, rate: float, edges: int = 0) -> None:
        self.random = Random(seed)
        self.now_us = EPOCH_US
        self.people: list[Person] = []  # Those who act, the oldest first.
        self.posts: Pool[Post] = Pool()
        self.reposts: Pool[tuple[Ref, Post]] = Pool()
        self.services: Pool[Ref] = Pool()  # Feed generators and labelers.
        self.lists: Pool[Ref] = Pool()
        self.packs: Pool[Ref] = Pool()
        self.edges: list[Edge] = []
        self._seed = seed
        self._rate = rate
        self._memory = Memory(edges)
        self.population = 0  # All who ever joined.

    def tick(self) -> None:
        self.now_us += 1 + int(self.random.expovariate(self._rate) * 1_000_000)

    def born(self) -> Person:
        someone = person(self._seed, self.population, self._memory)
        self.population += 1
        self.people.append(someone)
        return someone

    def actor(self) -> Person:
        return self.people[busy(self.random, len(self.people))]

    def other(self, than: Person) -> Person:
        while True:
            someone = self.people[famous(self.random, len(self.people))]
            if someone is not than:
                return someone

    def digest(self) -> bytes:
        return self.random.randbytes(32)

    def tid(self, someone: Person) -> str:
        self.now_us += 1
        return make_tid(self.now_us, someone.clock)

    def write(
        self,
        someone: Person,
        collection: str,
        record: Mapping[str, Any],
        rkey: str | None = None,
        action: Action = "create",
    ) -> tuple[Write, Ref]:
        rkey = rkey or self.tid(someone)
        block = encode_dag_cbor({"$type": collection, "createdAt": self.claimed_time(), **record})
        cid = cid_of(block)
        ref = Ref(f"at://{someone.did}/{collection}/{rkey}", encode_cid(cid))
        return Write(action, collection, rkey, block, cid), ref

    def write_self(
        self, someone: Person, collection: str, record: Mapping[str, Any]
    ) -> tuple[Write, Ref]:
        """The one record that a person has in this collection, new or in place of the last."""
        replaces = f"{collection}/self" in someone.standing
        someone.standing.add(f"{collection}/self")
        action: Action = "update" if replaces else "create"
        return self.write(someone, collection, record, "self", action)

    def remember(self, someone: Person, write: Write, subject: str | None = None) -> None:
        """So that it can be taken back, or made again."""
        if write.action != "create":
            return
        if subject is not None:
            someone.edges.add((write.collection, subject))
        self.put_back(Edge(someone, write.collection, write.rkey, subject, write.cid))

    def put_back(self, edge: Edge) -> None:
        if len(self.edges) < _MOST_EDGES:
            self.edges.append(edge)
        else:
            self.edges[self.random.randrange(_MOST_EDGES)] = edge

    def take(self) -> Edge | None:
        """Something made earlier, out of the list; what was made by those who left is forgotten."""
        if not self.edges:
            return None
        at = self.random.randrange(len(self.edges))
        self.edges[at], self.edges[-1] = self.edges[-1], self.edges[at]
        edge = self.edges.pop()
        return edge if edge.person.active else None

    def claimed_time(self) -> str:
        """When its author says that a record was made: mostly the truth, in some spelling."""
        match self.random.randrange(200):
            case 0:
                return iso(self.now_us, "microseconds", hours=9)
            case 1:
                return iso(self.now_us, "seconds", hours=-3)
            case 2:
                return iso(self.now_us - self.random.randrange(400 * _DAY_US))
            case 3:
                return iso(self.now_us + self.random.randrange(_DAY_US))
            case 4:
                return iso(self.now_us).rstrip("Z")  # Without a zone it says nothing.
            case _:
                return iso(self.now_us)
