"""What people do to what is there. Each gives whose commit it is and what it changes, or None."""

from collections.abc import Callable
from typing import NamedTuple

from load.world import lexicon as lex
from load.world.happening import Write
from load.world.people import Edge, Person, Post, Ref
from load.world.scene import Scene
from load.world.words import title


class Deed(NamedTuple):
    person: Person
    writes: tuple[Write, ...]


Act = Callable[[Scene, Person], Deed | None]


def point(
    scene: Scene, someone: Person, collection: str, ref: Ref, via: Ref | None = None
) -> tuple[Deed, Ref] | None:
    """Like or repost, once."""
    if (collection, ref.uri) in someone.edges:
        return None
    write, made = scene.write(someone, collection, lex.pointing(ref, via))
    scene.remember(someone, write, ref.uri)
    return Deed(someone, (write,)), made


def a_post(scene: Scene) -> tuple[Post, Ref | None] | None:
    """A post that somebody sees, sometimes by way of a repost."""
    if len(scene.reposts) and scene.random.random() < 0.2:
        via, post = scene.reposts.pick(scene.random)
        return post, via
    return (scene.posts.pick(scene.random), None) if len(scene.posts) else None


def like(scene: Scene, someone: Person) -> Deed | None:
    if len(scene.services) and scene.random.random() < 0.02:
        done = point(scene, someone, lex.LIKE, scene.services.pick(scene.random))
        return done and done[0]
    for _ in range(6):  # Whoever has liked the famous ones goes on looking.
        seen = a_post(scene)
        done = seen and point(scene, someone, lex.LIKE, seen[0].ref, seen[1])
        if done:
            return done[0]
    return None


def repost(scene: Scene, someone: Person) -> Deed | None:
    seen = a_post(scene)
    done = seen and point(scene, someone, lex.REPOST, seen[0].ref, seen[1])
    if not seen or not done:
        return None
    scene.reposts.add((done[1], seen[0]))
    return done[0]


def connect(collection: str) -> Act:
    """Follow or block, once."""

    def act(scene: Scene, someone: Person) -> Deed | None:
        other = scene.other(someone)
        if (collection, other.did) in someone.edges:
            return None
        write, _ = scene.write(someone, collection, {"subject": other.did})
        scene.remember(someone, write, other.did)
        return Deed(someone, (write,))

    return act


def bookmark(scene: Scene, someone: Person) -> Deed | None:
    seen = a_post(scene)
    if not seen or (lex.BOOKMARK, seen[0].ref.uri) in someone.edges:
        return None
    write, _ = scene.write(someone, lex.BOOKMARK, {"subject": seen[0].ref.strong})
    scene.remember(someone, write, seen[0].ref.uri)
    return Deed(someone, (write,))


def verify(scene: Scene, someone: Person) -> Deed:
    other = scene.other(someone)
    record = {"subject": other.did, "handle": other.handle, "displayName": title(scene.random)}
    write, _ = scene.write(someone, lex.VERIFICATION, record)
    scene.remember(someone, write)
    return Deed(someone, (write,))


def label(scene: Scene, someone: Person) -> Deed | None:
    seen = a_post(scene)
    if not seen:
        return None
    record = {"src": someone.did, "uri": seen[0].ref.uri, "val": "spam", "cts": "2025-01-01T00:00Z"}
    write, _ = scene.write(someone, lex.LABEL, record)
    scene.remember(someone, write)
    return Deed(someone, (write,))


def again(scene: Scene, _: Person) -> Deed | None:
    """The same edge a second time, as two devices make it."""
    edge = scene.take()
    if edge is None:
        return None
    scene.put_back(edge)
    if edge.collection not in (lex.FOLLOW, lex.BLOCK):
        return None
    write, _ref = scene.write(edge.person, edge.collection, {"subject": edge.subject})
    scene.remember(edge.person, write, edge.subject)
    return Deed(edge.person, (write,))


def like_twice(scene: Scene, someone: Person) -> Deed | None:
    seen = a_post(scene)
    if not seen:
        return None
    writes = []
    for via in (seen[1], None):
        write, _ = scene.write(someone, lex.LIKE, lex.pointing(seen[0].ref, via))
        scene.remember(someone, write, seen[0].ref.uri)
        writes.append(write)
    return Deed(someone, tuple(writes))


def delete(scene: Scene, _: Person) -> Deed | None:
    edge = scene.take()
    if edge is None:
        return None
    _take_back(edge)
    return Deed(edge.person, (Write("delete", edge.collection, edge.rkey),))


def _take_back(edge: Edge) -> None:
    if edge.subject is not None:
        edge.person.edges.discard((edge.collection, edge.subject))
    edge.person.standing.discard(f"{edge.collection}/{edge.rkey}")


def delete_several(scene: Scene, someone: Person) -> Deed | None:
    """What one person made, in one commit."""
    first = delete(scene, someone)
    if first is None:
        return None
    writes = list(first.writes)
    for _ in range(20):
        edge = scene.take()
        if edge is None:
            continue
        if edge.person is not first.person or edge.rkey == "self":
            scene.put_back(edge)
            continue
        _take_back(edge)
        writes.append(Write("delete", edge.collection, edge.rkey))
    return Deed(first.person, tuple(writes))
