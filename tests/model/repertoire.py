"""What an account may do to its repo: records of every type, about few things and few people.

Records are made beforehand, and a world chooses among them: a record drawn field by field would
take longer than all that is done with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

from indexer.protocol.syntax import EPOCH, make_tid
from tests.ops import START

Json = dict[str, Any]
Path = str
DIDS = [f"@{letter}" for letter in "abcde"]
TWENTY_SECONDS = (START - EPOCH + timedelta(seconds=20)) // timedelta(microseconds=1)
RKEYS = ["1", make_tid(TWENTY_SECONDS)]  # one tells its age: worlds grow old within a minute


@dataclass(frozen=True, slots=True)
class Put:
    """A record appears, or another one in its place."""

    path: Path
    record: Json

    def of(self, there: list[Path]) -> list[Any]:
        if self.path in there:
            return ["update", self.path, self.record]
        there.append(self.path)
        return ["create", self.path, self.record]


@dataclass(frozen=True, slots=True)
class Delete:
    """One of the records that are there goes."""

    which: int

    def of(self, there: list[Path]) -> list[Any]:
        return ["delete", there.pop(self.which % len(there)), None] if there else []


@dataclass(frozen=True, slots=True)
class Chance:
    """A value that chance makes."""

    make: Callable[[Random], Any]

    def __or__(self, other: "Chance") -> "Chance":
        return Chance(lambda random: random.choice([self, other]).make(random))

    def map(self, change: Callable[[Any], Any]) -> "Chance":
        return Chance(lambda random: change(self.make(random)))


class Type(NamedTuple):
    """A collection, how often it is chosen, under which keys, and what stands there."""

    weight: int
    collection: str
    rkeys: list[str]
    record: Chance


def a(*values: Any) -> Chance:
    return Chance(lambda random: random.choice(values))


def some(of: Chance) -> Chance:
    return Chance(lambda random: [of.make(random) for _ in range(random.randint(0, 2))])


def given(needed: dict[str, Chance], **maybe: Chance) -> Chance:
    """A record: the fields that it has to have, and others as often as not."""

    def make(random: Random) -> Json:
        some = {
            name: of for name, of in {**maybe, "createdAt": WHEN}.items() if random.random() < 0.5
        }
        return {name: of.make(random) for name, of in {**needed, **some}.items()}

    return Chance(make)


def uris(collection: str, *rkeys: str, of: list[str] = DIDS) -> Chance:
    return a(*(f"at://{did}/app.bsky.{collection}/{rkey}" for rkey in rkeys for did in of))


def ref(uri: Chance) -> Chance:
    return uri.map(lambda uri: {"uri": uri, "cid": "@cid"})


def typed(name: str, **fields: Any) -> Json:
    return {"$type": f"app.bsky.{name}", **fields}


WHEN = a(
    "2025-11-30", "2026-01-01T00:00:20Z", "2026-01-01T02:00:40.5+02:00", "2027-01-01T00:00:00Z"
)
TEXT = a("", "one", "two", "thr\0ee")
NOTHING = a(None)
SOMEBODY, PEOPLE = a(*DIDS), a(*DIDS, "did:web:nobody.test")
ODD = a("at://handle.test/app.bsky.feed.post/1", "at://@a/com.example.thing/1")
POSTS = uris("feed.post", "1", of=DIDS[:2]) | uris("feed.post", *RKEYS)
LISTS = uris("graph.list", "1")
LIKEABLE = uris("feed.generator", "1") | uris("labeler.service", "self") | ODD
BLOB = a({"$type": "blob", "ref": {"$link": "@cid"}, "mimeType": "image/jpeg", "size": 1})

MENTION = SOMEBODY.map(lambda did: typed("richtext.facet#mention", did=did))
FACET = some(MENTION | a(typed("richtext.facet#tag"))).map(lambda features: {"features": features})
SHOWN = ref(POSTS | (POSTS | (LISTS | ODD)))
EMBED = SHOWN.map(lambda shown: typed("embed.record", record=shown)) | SHOWN.map(
    lambda shown: typed("embed.recordWithMedia", record={"record": shown}, media={})
)
ROOTS = uris("feed.post", "1", of=DIDS[:1]) | POSTS
REPLY = given({"parent": ref(POSTS), "root": ref(ROOTS)})
POST = given(
    {"text": TEXT, "reply": REPLY | REPLY | NOTHING, "embed": EMBED | NOTHING},
    facets=some(FACET),
    langs=some(TEXT),
    tags=some(TEXT),
)
ABOUT = given({"subject": ref(POSTS | LIKEABLE)}, via=ref(uris("feed.repost", *RKEYS)))
DEFINITION = given(
    {"identifier": a("rude", "spam"), "severity": a("inform", "alert", "none", "other")},
    locales=some(a({"lang": "en", "description": "x"})),
)
LABELER = given({"labelValueDefinitions": some(DEFINITION)})
PROFILE = given(
    {"displayName": TEXT},
    description=TEXT,
    avatar=BLOB,
    banner=BLOB,
    pinnedPost=ref(POSTS),
    joinedViaStarterPack=ref(uris("graph.starterpack", "1", of=DIDS[:2])),
)
VERIFICATION = given({"subject": PEOPLE, "handle": TEXT, "displayName": TEXT})
LABEL = given({"val": TEXT}, uri=POSTS, did=SOMEBODY, cts=WHEN, exp=WHEN, neg=a(True, False))
GENERATOR = given({"did": SOMEBODY, "displayName": TEXT}, description=TEXT, avatar=BLOB)
LIST = given({"name": TEXT, "purpose": TEXT}, description=TEXT, avatar=BLOB)
PACK = given({"name": TEXT}, list=LISTS, feeds=some(ref(uris("feed.generator", "1"))))

RULE = a(*(typed(f"feed.threadgate#{rule}Rule") for rule in "mention following follower x".split()))
LIST_RULE = LISTS.map(lambda uri: typed("feed.threadgate#listRule", list=uri))
DISABLE = a(*[typed("feed.postgate#disableRule")] * 3, typed("feed.postgate#x"))

ANYBODY: list[Type] = [
    Type(20, "app.bsky.feed.post", RKEYS, POST),
    Type(12, "app.bsky.feed.like", [*RKEYS, "3"], ABOUT),
    Type(9, "app.bsky.feed.repost", RKEYS, ABOUT),
    Type(8, "app.bsky.graph.follow", RKEYS, given({"subject": PEOPLE})),
    Type(4, "app.bsky.graph.block", RKEYS, given({"subject": PEOPLE})),
    Type(3, "app.bsky.feed.generator", ["1"], GENERATOR),
    Type(3, "app.bsky.labeler.service", ["self"], given({"policies": LABELER})),
    Type(4, "app.bsky.graph.list", ["1"], LIST),
    Type(4, "app.bsky.graph.listblock", RKEYS, given({"subject": LISTS})),
    Type(6, "app.bsky.graph.starterpack", ["1"], PACK),
    Type(4, "app.bsky.graph.verification", RKEYS, VERIFICATION),
    Type(9, "app.bsky.actor.profile", [*["self"] * 5, "1"], PROFILE),
    Type(4, "app.bsky.bookmark", RKEYS, given({"subject": ref(POSTS | LIKEABLE)})),
    Type(5, "com.atproto.label.label", RKEYS, LABEL),
    Type(3, "chat.bsky.actor.declaration", ["self", "1"], given({"allowIncoming": TEXT})),
    Type(3, "com.example.thing", RKEYS, given({"anything": some(TEXT)})),
]


def own(did: str) -> list[Type]:
    """What is refused where it is another's: gates, and the items of a list."""
    of = own_or_not(f"at://{did}/app.bsky.graph.list/1", LISTS)
    items = given({"list": of, "subject": PEOPLE})
    return [Type(8, "app.bsky.graph.listitem", RKEYS, items)] + [
        gate
        for rkey in RKEYS
        for post in [own_or_not(f"at://{did}/app.bsky.feed.post/{rkey}", POSTS)]
        for gate in (
            Type(8, "app.bsky.feed.threadgate", [rkey], thread_gate(post)),
            Type(6, "app.bsky.feed.postgate", [rkey], post_gate(post)),
        )
    ]


def own_or_not(uri: str, others: Chance) -> Chance:
    return a(uri) | a(uri) | (a(uri) | others)


def thread_gate(post: Chance) -> Chance:
    rules = some(RULE | LIST_RULE)
    return given({"post": post, "allow": rules | rules | NOTHING}, hiddenReplies=some(POSTS))


def post_gate(post: Chance) -> Chance:
    return given({"post": post}, embeddingRules=some(DISABLE), detachedEmbeddingUris=some(POSTS))


THREADS = (
    "feed.post feed.threadgate feed.postgate graph.follow graph.list graph.listitem feed.like"
).split()
EDGES = "feed.like feed.repost graph.follow graph.listitem bookmark feed.post".split()
PERSONS = (
    "actor.profile graph.starterpack graph.verification feed.like feed.generator feed.post"
    " labeler.service graph.block"
).split()
OTHERS = ["com.atproto.label.label", "chat.bsky.actor.declaration", "com.example.thing"]
FOCUSES: dict[str, list[str]] = {
    "threads": [f"app.bsky.{name}" for name in THREADS],
    "edges": [f"app.bsky.{name}" for name in EDGES],
    "people": [f"app.bsky.{name}" for name in PERSONS] + OTHERS,
    "everything": [],
}
PUTS, DELETES = 1650, 350
REPERTOIRE = PUTS + DELETES


@cache
def changes(did: str, focus: str) -> list[Put | Delete]:
    """What one account may do."""
    random = Random(f"{did} {focus}")
    types = [*ANYBODY, *own(did)]
    chosen = [type for type in types if type.collection in FOCUSES[focus]] or types
    puts = [
        Put(f"{type.collection}/{random.choice(type.rkeys)}", type.record.make(random))
        for type in random.choices(chosen, [type.weight for type in chosen], k=PUTS)
    ]
    result: list[Put | Delete] = [*puts, *(Delete(random.randrange(20)) for _ in range(DELETES))]
    random.shuffle(result)
    return result
