"""Values that somebody may put where a record has something sensible: every kind that came to mind.

Texts, identifiers, times, numbers and shapes, as Python has them; and records of every collection,
grown from what its lexicon says: odd but legal at every leaf, and here and there spoilt.
"""

from random import Random
from typing import Any

import cbor2
from hypothesis import strategies as st

from indexer.protocol.syntax import AtUri
from indexer.records import record_of
from tests.frames import RAW, Write, link
from tests.records.samples import ALICE, BOB, CAROL, CID

RANDOM = Random(9)
Strategy = st.SearchStrategy[Any]


def noise(length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
    """What PostgreSQL cannot compress."""
    return "".join(RANDOM.choices(alphabet, k=length))


POST, LIKE, REPOST = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.feed.repost"
LIST, PACK = "app.bsky.graph.list", "app.bsky.graph.starterpack"
FEED, LABELER = "app.bsky.feed.generator", "app.bsky.labeler.service"

LONG_DID = f"did:web:{noise(792)}"
ODD_DIDS = [
    "did:web:example.com",
    "did:web:localhost%3A8080",
    "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
    "did:x:%41",
    "did:a:b:c:.",
    LONG_DID,
]
NO_DIDS = [
    "",
    "did:plc:",
    "DID:plc:x",
    "did:x:a/b",
    "did:x:\0",
    "alice.test",
    f"did:web:{'a' * 2041}",
]
RKEYS = ["self", "1", "2", "a:b", "~", "_-.", "..a", "3k" + "a" * 11, noise(512)]
ODD_COLLECTIONS = ["com.example.thing", f"com.x{noise(60)}.{noise(60)}.a{noise(60)}"]
TEXTS = [
    "",
    "\0",
    "a\0b\0",
    "\\u0000",
    "\\\0\\",
    "\ufffd\uffff\ue000",
    "\U0010ffff\u202e\u200d",
    "e\u0301" * 100,
    "'; DROP TABLE posts; --",
    '"{}[]$1%s\\',
    "\x01\x1f\x7f\x85\u2028\r\n\t",
    "a-b-c/d.e@f.test https://a.test/b?c=d#e 1e309 -0.0",
    noise(3000),
    noise(3000, "éßΩж中🙂"),
    "x" * 100_000,
]
TIMES = [
    "2026-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-01:00",
    "9999-12-31T23:59:59.99999999999999999999Z",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "2026-01-01T00:00:00+14:00",
    "2026-01-01T00:00:00-23:59",
    "2026-01-01T00:00:00+99:99",
    "2026-01-01T00:00:00-00:00",
    "2026-12-31T23:59:60Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01t00:00:00z",
    "2026-01-01T00:00:00",
    "2026-01-01",
    "2026-01-01T24:00:00Z",
    "2026-01-01 00:00:00Z",
    "\uff12026-01-01T00:00:00Z",
    "1767225600",
    "infinity",
    "",
]
NUMBERS = [0, -1, 1 << 31, 1 << 53, (1 << 63) - 1, -(1 << 63), True, None]
NO_NUMBERS = [1 << 63, (1 << 64) - 1, -(1 << 63) - 1, 0.5, 1e308]
NO_URIS = [
    "at://",
    f"at://{ALICE}",
    f"at://{ALICE}/{POST}",
    f"at://{ALICE}/{POST}/1/",
    f"at://{ALICE}/{POST}/1#a",
    f"at://{ALICE}/{POST}/1\0",
    f"at://{ALICE}/{POST}/{'a' * 513}",
    f"https://{ALICE}/{POST}/1",
]
NO_CIDS = ["", "a\0b", "Qmb" + "a" * 43, "b" * 257, CID + " "]

# What may stand anywhere in a record, and what may not.
leaves: Strategy = st.sampled_from(
    [*TEXTS, *TIMES, *NUMBERS, b"", b"\0" * 36, link(RAW + bytes(32))]
)
wrong: Strategy = st.sampled_from(NO_NUMBERS) | st.binary(max_size=40) | st.just([[[[]]]] * 3)


def nested(depth: int) -> Any:
    value: Any = "deep"
    for level in range(depth):
        value = {"\0": value} if level % 2 else [value]
    return value


shapes: Strategy = st.recursive(
    leaves | st.just(nested(28)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["$type", "uri", "\0", "", "$link", "a"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)
texts = st.sampled_from(TEXTS)
times = st.sampled_from(TIMES)
dids = st.sampled_from([ALICE, BOB, CAROL, ALICE, BOB, *ODD_DIDS])
numbers = st.sampled_from(NUMBERS)
spoilt: Strategy = shapes | wrong | st.sampled_from([*NO_DIDS, *NO_URIS, *NO_CIDS])


def uris(*collections: str) -> Strategy:
    return st.builds(
        "at://{}/{}/{}".format,
        st.sampled_from([ALICE, BOB, CAROL, ALICE, BOB, *ODD_DIDS, "alice.test"]),
        st.sampled_from([*collections, *collections, *collections, POST, *ODD_COLLECTIONS]),
        st.sampled_from(["self", "1", "1", "2", "2", *RKEYS]),
    )


def refs(*collections: str) -> Strategy:
    return st.fixed_dictionaries({"uri": uris(*collections), "cid": st.just(CID)})


def of(kind: str, **fields: Strategy) -> Strategy:
    """An object as it should be; or with some of its fields only; or, less often, spoilt."""
    typed = st.just(kind)
    whole = st.fixed_dictionaries({"$type": typed, **fields})
    partly = st.fixed_dictionaries({"$type": typed}, optional=fields)
    odd = {name: value | spoilt for name, value in fields.items()}
    return whole | whole | partly | st.fixed_dictionaries({}, optional={"$type": typed, **odd})


blobs = st.fixed_dictionaries(
    {"$type": st.just("blob"), "ref": st.just(link(RAW + bytes(32)))},
    optional={"mimeType": shapes, "size": numbers},
) | st.fixed_dictionaries({"cid": st.just(CID), "mimeType": texts})
mentions = of("app.bsky.richtext.facet#mention", did=dids)
links = of("app.bsky.richtext.facet#link", uri=texts)
index = of("app.bsky.richtext.facet#byteSlice", byteStart=numbers, byteEnd=numbers)
facets = of("app.bsky.richtext.facet", index=index, features=st.lists(mentions | links, max_size=3))
record_embeds = of("app.bsky.embed.record", record=refs(POST, POST, LIST))
images = of(
    "app.bsky.embed.images", images=st.lists(of("image", alt=texts, image=blobs), max_size=2)
)
embeds = (
    record_embeds
    | images
    | of("app.bsky.embed.recordWithMedia", record=record_embeds, media=images)
    | of("app.bsky.embed.external", external=of("x", uri=texts, title=texts, thumb=blobs))
)
rules = st.sampled_from(["mentionRule", "followingRule", "followerRule", "listRule", "x"]).flatmap(
    lambda name: of(f"app.bsky.feed.threadgate#{name}", list=uris(LIST))
)
definitions = of(
    "com.atproto.label.defs#labelValueDefinition",
    identifier=texts,
    severity=texts,
    locales=st.lists(of("locale", lang=texts, name=texts, description=texts), max_size=2),
)
policies = of(
    "app.bsky.labeler.defs#labelerPolicies",
    labelValues=st.lists(texts, max_size=3),
    labelValueDefinitions=st.lists(definitions, max_size=2),
)
uri_lists = st.lists(uris(POST) | texts, max_size=3)
subject = {"subject": refs(POST, FEED, LABELER), "via": refs(REPOST)}
person = {"subject": dids}
embedding_rules = of("app.bsky.feed.postgate#disableRule") | of("x")

OWN = "own "  # and a collection: the record of the same author, and with the same record key
FIELDS: dict[str, dict[str, Strategy]] = {
    POST: {
        "text": texts,
        "langs": st.lists(texts, max_size=2),
        "tags": st.lists(texts, max_size=2),
        "reply": st.fixed_dictionaries({"parent": refs(POST), "root": refs(POST)}),
        "embed": embeds,
        "facets": st.lists(facets, max_size=3),
    },
    LIKE: subject,
    REPOST: subject,
    FEED: {"did": dids, "displayName": texts, "description": texts, "avatar": blobs},
    "app.bsky.feed.threadgate": {
        "post": st.just(OWN + POST),
        "allow": st.lists(rules, max_size=4),
        "hiddenReplies": uri_lists,
    },
    "app.bsky.feed.postgate": {
        "post": st.just(OWN + POST),
        "embeddingRules": st.lists(embedding_rules, max_size=2),
        "detachedEmbeddingUris": uri_lists,
    },
    "app.bsky.graph.follow": person,
    "app.bsky.graph.block": person,
    LIST: {
        "name": texts,
        "purpose": st.sampled_from(TEXTS[:12]),
        "description": texts,
        "avatar": blobs,
    },
    "app.bsky.graph.listitem": {"list": st.just(OWN + LIST), **person},
    "app.bsky.graph.listblock": {"subject": uris(LIST)},
    PACK: {
        "name": texts,
        "description": texts,
        "list": uris(LIST) | texts,
        "feeds": st.lists(of("feed", uri=uris(FEED)), max_size=2),
    },
    "app.bsky.graph.verification": {"handle": texts, "displayName": texts, **person},
    "app.bsky.actor.profile": {
        "displayName": texts,
        "description": texts,
        "avatar": blobs,
        "banner": blobs,
        "pinnedPost": refs(POST),
        "joinedViaStarterPack": refs(PACK),
    },
    "app.bsky.actor.status": {"status": texts},
    "app.bsky.bookmark": {"subject": refs(POST)},
    LABELER: {"policies": policies},
    "com.atproto.label.label": {
        "src": dids,
        "uri": uris(POST) | st.sampled_from(TEXTS[:12]),
        "val": st.sampled_from(TEXTS[:7]),
        "neg": numbers,
        "cid": texts,
        "exp": times,
        "cts": times,
    },
    "app.bsky.notification.declaration": {"allowSubscriptions": texts},
    "app.bsky.actor.contentVisibilityDeclaration": {"a": shapes},
    "chat.bsky.actor.declaration": {"allowIncoming": texts},
    "com.germnetwork.declaration": {"version": texts},
    ODD_COLLECTIONS[0]: {"a": shapes, "b": shapes},
    ODD_COLLECTIONS[1]: {"a": shapes},
}


def records(collection: str) -> Strategy:
    """With every field legal; or, less often, with some that are missing or spoilt."""
    fields = {**FIELDS[collection], "createdAt": times}
    whole = st.fixed_dictionaries(fields)
    partly = st.fixed_dictionaries({}, optional=fields)
    odd = st.tuples(whole, st.sampled_from(sorted(fields)), spoilt).map(
        lambda made: made[0] | {made[1]: made[2]}
    )
    return st.one_of(whole, whole, whole, partly, odd)


@st.composite
def writes(draw: st.DrawFn, collection: str) -> tuple[str, Write]:
    """By whom, and what."""
    did = draw(st.sampled_from([ALICE, BOB, CAROL]))
    rkey = draw(st.sampled_from(["1", "1", "2", "2", *RKEYS]))
    if (record_of(AtUri(f"at://{did}/{collection}/x"))).rkey and draw(st.integers(0, 9)):
        rkey = "self"
    record = draw(records(collection))
    for name, value in record.items():
        if isinstance(value, str) and value.startswith(OWN):
            record[name] = f"at://{did}/{value.removeprefix(OWN)}/{rkey}"
    block = cbor2.dumps({"$type": collection, **record}, canonical=True)
    return did, Write(draw(st.sampled_from(["create", "update"])), f"{collection}/{rkey}", block)
