"""How posts are made: replies, quotes, mentions, pictures, links, and the gates beside them."""

from typing import Any

from load.world import lexicon as lex
from load.world.actions import Deed
from load.world.chance import Mix
from load.world.happening import Action, Write
from load.world.people import Person, Post, Ref
from load.world.scene import Scene
from load.world.words import sentence, title

_RULES: tuple[tuple[str, ...] | None, ...] = (
    None,
    (),
    ("mentionRule",),
    ("followingRule",),
    ("followerRule", "mentionRule"),
)


def publish(
    scene: Scene, someone: Person, record: dict[str, Any], parent: Post | None = None
) -> tuple[Write, Post]:
    """A post with this in it; text is made up where there is none."""
    if "text" not in record:
        text, language = sentence(scene.random)
        record |= {"text": text, "langs": [language]}
    if parent is not None:
        record["reply"] = lex.reply_to(parent)
    write, ref = scene.write(someone, lex.POST, record)
    post = Post(ref, parent.root if parent else ref, someone)
    scene.posts.add(post)
    scene.remember(someone, write)
    if parent is None:
        someone.begin(post)
    return write, post


def decoration(scene: Scene) -> dict[str, Any]:
    """What some posts have besides their text."""
    match scene.random.randrange(20):
        case 0 | 1 | 2:
            count = scene.random.randint(1, 4)
            pictures = [scene.digest() for _ in range(count)]
            return {"embed": lex.images(pictures, title(scene.random))}
        case 3 | 4:
            return {"embed": lex.external(title(scene.random), scene.digest())}
        case 5:
            return {"tags": title(scene.random).split()[:3]}
        case _:
            return {}


def plain(scene: Scene, someone: Person) -> Deed:
    write, _ = publish(scene, someone, decoration(scene))
    return Deed(someone, (write,))


def reply(scene: Scene, someone: Person) -> Deed | None:
    if not len(scene.posts):
        return None
    write, _ = publish(scene, someone, decoration(scene), scene.posts.pick(scene.random))
    return Deed(someone, (write,))


def quote(scene: Scene, someone: Person) -> Deed | None:
    if not len(scene.posts):
        return None
    quoted = scene.posts.pick(scene.random).ref
    media = None
    if scene.random.random() < 0.3:
        media = lex.images([scene.digest()], "")
    write, _ = publish(scene, someone, {"embed": lex.quote(quoted, media)})
    return Deed(someone, (write,))


def mention(scene: Scene, someone: Person) -> Deed:
    """Half of those who are mentioned are answered as well."""
    parent = None
    other = scene.other(someone)
    if len(scene.posts) and scene.random.random() < 0.5:
        parent = scene.posts.pick(scene.random)
        other = parent.author
    said, language = sentence(scene.random, 12)
    text = f"{said} @{other.handle} ✨"
    at = len(said) + 1
    facet = lex.mention(text, at, at + 1 + len(other.handle), other.did)
    record = {"text": text, "langs": [language], "facets": [facet]}
    write, _ = publish(scene, someone, record, parent)
    return Deed(someone, (write,))


def novelty(scene: Scene, someone: Person) -> Deed:
    write, _ = publish(scene, someone, {"embed": lex.novelty(title(scene.random))})
    return Deed(someone, (write,))


def gated(scene: Scene, someone: Person) -> Deed:
    """A post and its gate come in one commit."""
    write, post = publish(scene, someone, decoration(scene))
    return Deed(someone, (write, threadgate(scene, someone, post.ref)))


def threadgate(scene: Scene, someone: Person, post: Ref, hidden: tuple[str, ...] = ()) -> Write:
    rules = scene.random.choice(_RULES)
    lists = [ref.uri for ref in someone.lists][:1] if scene.random.random() < 0.5 else []
    record = lex.threadgate(post.uri, rules, lists) | {"hiddenReplies": list(hidden)}
    return gate(scene, someone, lex.THREADGATE, post, record)


def gate(
    scene: Scene, someone: Person, collection: str, post: Ref, record: dict[str, Any]
) -> Write:
    """A record with the key of the post it guards, in place of one that is there."""
    rkey = post.uri.rpartition("/")[2]
    path = f"{collection}/{rkey}"
    action: Action = "update" if path in someone.standing else "create"
    someone.standing.add(path)
    write, _ = scene.write(someone, collection, record, rkey, action)
    scene.remember(someone, write, post.uri)
    return write


def late_threadgate(scene: Scene, someone: Person) -> Deed | None:
    """The thread has gone on for a while, and somebody in it is to be heard no more."""
    if not someone.threads:
        return None
    post = scene.random.choice(someone.threads)
    seen = [scene.posts.pick(scene.random) for _ in range(20)]
    below = [found.ref.uri for found in seen if found.root == post.ref and found is not post]
    return Deed(someone, (threadgate(scene, someone, post.ref, tuple(dict.fromkeys(below))),))


def late_postgate(scene: Scene, someone: Person) -> Deed | None:
    if not someone.threads:
        return None
    post = scene.random.choice(someone.threads)
    detached = [scene.posts.pick(scene.random).ref.uri]
    record = lex.postgate(post.ref.uri, detached, disabled=scene.random.random() < 0.5)
    return Deed(someone, (gate(scene, someone, lex.POSTGATE, post.ref, record),))


_KINDS = Mix(((48, plain), (33, reply), (9, quote), (8, mention), (1, novelty), (1, gated)))


def post(scene: Scene, someone: Person) -> Deed | None:
    return _KINDS.draw(scene.random)(scene, someone)
