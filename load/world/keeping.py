"""What people keep: their profile, lists, packs, feeds, declarations; and what they change."""

from typing import Any

from load.world import lexicon as lex
from load.world.actions import Act, Deed, a_post
from load.world.happening import Write
from load.world.people import Edge, Person, Ref
from load.world.posting import threadgate
from load.world.scene import Scene
from load.world.words import sentence, title


def profile(scene: Scene, someone: Person) -> Deed:
    about, _ = sentence(scene.random, 12)
    pinned = someone.threads[-1].ref if someone.threads else None
    joined = f"{lex.PROFILE}/self" not in someone.standing and len(scene.packs) > 0
    pack = scene.packs.pick(scene.random) if joined else None
    record = lex.profile(title(scene.random), about, scene.digest(), pinned, pack)
    write, _ = scene.write_self(someone, lex.PROFILE, record)
    scene.remember(someone, write)
    return Deed(someone, (write,))


def single(collection: str, **record: Any) -> Act:
    """A record of which everybody has one."""

    def act(scene: Scene, someone: Person) -> Deed:
        write, _ = scene.write_self(someone, collection, record)
        scene.remember(someone, write)
        return Deed(someone, (write,))

    return act


def new_list(scene: Scene, someone: Person, purpose: str) -> tuple[list[Write], Ref]:
    """A list with its first items."""
    about, _ = sentence(scene.random, 8)
    record = lex.named_list(title(scene.random), about, purpose)
    write, ref = scene.write(someone, lex.LIST, record)
    scene.remember(someone, write)
    scene.lists.add(ref)
    someone.keep(ref)
    writes = [write]
    for _ in range(scene.random.randint(1, 3)):
        if item := new_item(scene, someone, ref):
            writes.append(item)
    return writes, ref


def new_item(scene: Scene, someone: Person, on: Ref) -> Write | None:
    other = scene.other(someone)
    if (on.uri, other.did) in someone.edges:
        return None
    write, _ = scene.write(someone, lex.LISTITEM, {"subject": other.did, "list": on.uri})
    scene.remember(someone, write)
    someone.edges.add((on.uri, other.did))
    return write


def make_list(scene: Scene, someone: Person) -> Deed:
    purpose = scene.random.choice(("curatelist", "modlist"))
    return Deed(someone, tuple(new_list(scene, someone, purpose)[0]))


def add_item(scene: Scene, someone: Person) -> Deed | None:
    if not someone.lists:
        return None
    write = new_item(scene, someone, scene.random.choice(someone.lists))
    return Deed(someone, (write,)) if write else None


def block_list(scene: Scene, someone: Person) -> Deed | None:
    if not len(scene.lists):
        return None
    uri = scene.lists.pick(scene.random).uri
    if (lex.LISTBLOCK, uri) in someone.edges:
        return None
    write, _ = scene.write(someone, lex.LISTBLOCK, {"subject": uri})
    scene.remember(someone, write, uri)
    return Deed(someone, (write,))


def make_pack(scene: Scene, someone: Person) -> Deed:
    writes, ref = new_list(scene, someone, "referencelist")
    record: dict[str, Any] = {"name": title(scene.random), "list": ref.uri}
    if len(scene.services):
        record["feeds"] = [{"uri": scene.services.pick(scene.random).uri}]
    write, pack = scene.write(someone, lex.STARTERPACK, record)
    scene.remember(someone, write)
    scene.packs.add(pack)
    return Deed(someone, (*writes, write))


def make_feed(scene: Scene, someone: Person) -> Deed:
    about, _ = sentence(scene.random, 12)
    record = lex.generator("did:web:feeds.test", title(scene.random), about, scene.digest())
    write, ref = scene.write(someone, lex.GENERATOR, record)
    scene.remember(someone, write)
    scene.services.add(ref)
    return Deed(someone, (write,))


def become_labeler(scene: Scene, someone: Person) -> Deed:
    write, ref = scene.write_self(someone, lex.LABELER, lex.labeler(("spam", "rude", "birds")))
    scene.remember(someone, write)
    scene.services.add(ref)
    return Deed(someone, (write,))


def unheard_of(scene: Scene, someone: Person) -> Deed:
    record = {"score": scene.random.randrange(10_000), "proof": scene.random.randbytes(16)}
    write, _ = scene.write(someone, lex.UNKNOWN, record)
    scene.remember(someone, write)
    return Deed(someone, (write,))


def edit(scene: Scene, someone: Person) -> Deed | None:
    """Something made earlier, put differently; mostly one's profile."""
    if scene.random.random() < 0.6:
        return profile(scene, someone)
    for _ in range(10):
        edge = scene.take()
        if edge is None:
            continue
        scene.put_back(edge)
        if write := _edited(scene, edge):
            return Deed(edge.person, (write,))
    return None


def _edited(scene: Scene, edge: Edge) -> Write | None:
    record: dict[str, Any]
    match edge.collection:
        case lex.POST:
            text, language = sentence(scene.random)
            record = {"text": text, "langs": [language]}
        case lex.LIST:
            record = lex.named_list(title(scene.random), "", "curatelist")
        case lex.THREADGATE:
            uri = f"at://{edge.person.did}/{lex.POST}/{edge.rkey}"
            return threadgate(scene, edge.person, Ref(uri, ""))
        case lex.REPOST if seen := a_post(scene):
            record = lex.pointing(seen[0].ref, None)  # No client does it; the protocol lets it.
        case _:
            return None
    write, _ = scene.write(edge.person, edge.collection, record, edge.rkey, "update")
    return write
