"""A world's story: who joins when, what everybody does, who leaves."""

from collections import deque
from collections.abc import Iterator

from load.world import keeping, posting
from load.world.actions import Act, Deed, like, point
from load.world.happening import Happening, Kind, Write
from load.world.lexicon import LIKE
from load.world.people import Edge, Person, Post
from load.world.repertoire import EVERYTHING_ONCE, MIX
from load.world.scene import Scene

_FOUNDERS = 8
_ASKED = 10


class World:
    """Iterate over it, once: happenings in the order of their time, `commits` commits among them.

    `people` join over the first half; `rate` is happenings a second on the world's own clock.
    Nobody leaves within the first `past` commits. After them, a share `viral` of all likes goes to
    one post, which is another when everybody has liked it.
    """

    def __init__(
        self,
        seed: int,
        commits: int,
        people: int | None = None,
        rate: float = 400.0,
        past: int = 0,
        viral: float = 0.0,
    ) -> None:
        self._scene = Scene(seed, rate, commits)
        self._commits = commits
        self._past = past
        self._viral = viral
        self._fans: Iterator[Person] = iter(())
        self._hit: Post | None = None
        self._people = max(_FOUNDERS, people or commits // 40)
        self._done = 0
        self._planned: deque[tuple[Act, Person | None]] = deque()
        self._fates = deque(
            (
                (past + (commits - past) * tenths // 10, fate)
                for tenths, fate in (
                    (5, self._move_handle),
                    (6, self._deactivate),
                    (7, self._deactivate),
                    (8, self._come_back),
                    (9, self._delete_account),
                )
            )
        )
        self._away: deque[Person] = deque()

    @property
    def edges(self) -> list[Edge]:
        """All that may still be taken back or altered, but for what stands in its place anew."""
        return self._scene.edges

    def __iter__(self) -> Iterator[Happening]:
        for _ in range(_FOUNDERS):
            yield from self._join()
        self._planned.extend((act, None) for act in EVERYTHING_ONCE)
        while self._done < self._commits:
            yield from self._next()

    def _next(self) -> Iterator[Happening]:
        if self._fates and self._done >= self._fates[0][0]:
            yield from self._fates.popleft()[1]()
        elif self._planned:
            act, person = self._planned.popleft()
            if person is None or person.active:
                yield self._act(act, person)
        elif self._is_time_to_join():
            yield from self._join()
        else:
            yield self._anything()

    def _anything(self) -> Happening:
        act = MIX.draw(self._scene.random)
        hits = self._viral and act is like and self._done >= self._past
        if hits and self._scene.random.random() < self._viral:
            return self._act(self._like_what_all_like, None)
        return self._act(act, None)

    def _is_time_to_join(self) -> bool:
        due = self._people * self._done * 2 // self._commits
        return self._scene.population < min(due, self._people)

    def _act(self, act: Act, person: Person | None) -> Happening:
        """Somebody who can do it; when nobody is found, somebody posts."""
        self._scene.tick()
        for _ in range(_ASKED):
            if deed := act(self._scene, person or self._scene.actor()):
                return self._commit(deed)
        return self._commit(posting.plain(self._scene, person or self._scene.actor()))

    def _like_what_all_like(self, scene: Scene, _: Person) -> Deed | None:
        fan = next(self._fans, None)
        if fan is None or self._hit is None:
            self._hit = scene.posts.pick(scene.random)
            self._fans = iter(list(scene.people))
            return None
        if not fan.active:
            return None
        done = point(scene, fan, LIKE, self._hit.ref)
        return done and done[0]

    def _commit(self, deed: Deed) -> Happening:
        self._done += 1
        self._scene.now_us += 1  # Past the keys of its own records.
        return self._happening("commit", deed.person, deed.writes)

    def _happening(
        self,
        kind: Kind,
        person: Person,
        writes: tuple[Write, ...] = (),
        status: str | None = None,
    ) -> Happening:
        return Happening(self._scene.now_us, kind, person.did, person.handle, writes, status)

    def _join(self) -> Iterator[Happening]:
        self._scene.tick()
        person = self._scene.born()
        yield self._happening("identity", person)
        yield self._happening("account", person)
        yield self._commit(Deed(person, ()))
        yield self._happening("sync", person)
        self._planned.append((keeping.profile, person))

    def _someone_known(self) -> Person:
        """Not the busiest: whose going leaves something to be seen, and the world alive."""
        return self._scene.people[2]

    def _move_handle(self) -> Iterator[Happening]:
        self._scene.tick()
        person = self._someone_known()
        person.handle = f"moved-{person.handle}"
        yield self._happening("identity", person)

    def _leave(self) -> Person:
        self._scene.tick()
        person = self._someone_known()
        person.active = False
        self._scene.people.remove(person)
        return person

    def _deactivate(self) -> Iterator[Happening]:
        person = self._leave()
        self._away.append(person)
        yield self._happening("account", person, status="deactivated")

    def _come_back(self) -> Iterator[Happening]:
        self._scene.tick()
        person = self._away.popleft()
        person.active = True
        self._scene.people.append(person)
        yield self._happening("account", person)
        yield self._happening("sync", person)

    def _delete_account(self) -> Iterator[Happening]:
        person = self._leave()
        yield self._happening("account", person, status="deleted")
