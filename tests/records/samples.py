"""One record of every type, and the same record edited, in atproto JSON."""

from typing import Any, NamedTuple

ALICE = "did:plc:aliceaaaaaaaaaaaaaaaaaaa"
BOB = "did:plc:bobbbbbbbbbbbbbbbbbbbbbb"
CAROL = "did:plc:carolccccccccccccccccccc"
CID = "bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"
BLOB = "bafkreias7oxbr6swsuggccmtnqpoeami4jza5x4w3urltn6gzhqf4k6k2e"
WHEN = "2026-01-02T03:04:05.678+02:00"

POST, OTHER_POST = (f"at://{BOB}/app.bsky.feed.post/3kaaaaaaaa{n}2a" for n in "bc")
REPOST = f"at://{CAROL}/app.bsky.feed.repost/3kaaaaaaaab2a"
LIST = f"at://{ALICE}/app.bsky.graph.list/3kaaaaaaaab2a"
PACK = f"at://{BOB}/app.bsky.graph.starterpack/3kaaaaaaaab2a"
RKEY = "3kaaaaaaaad2a"

Json = dict[str, Any]


class Sample(NamedTuple):
    first: Json
    edited: Json
    rkey: str = RKEY


def ref(uri: str) -> Json:
    return {"uri": uri, "cid": CID}


def blob(size: int) -> Json:
    return {"$type": "blob", "ref": {"$link": BLOB}, "mimeType": "image/jpeg", "size": size}


def facet(did: str) -> Json:
    return {
        "index": {"byteStart": 0, "byteEnd": 4},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}],
    }


def quote(uri: str) -> Json:
    return {"$type": "app.bsky.embed.record", "record": ref(uri)}


def quote_with_media(uri: str) -> Json:
    images = {"$type": "app.bsky.embed.images", "images": [{"alt": "", "image": blob(1)}]}
    media = "app.bsky.embed.recordWithMedia"
    return {"$type": media, "record": {"record": ref(uri)}, "media": images}


def rule(name: str, **fields: Any) -> Json:
    return {"$type": f"app.bsky.feed.threadgate#{name}", **fields}


OWN_POST = f"at://{ALICE}/app.bsky.feed.post/{RKEY}"
SUBJECT = {"subject": ref(POST), "via": ref(REPOST)}
OTHER_SUBJECT = {"subject": ref(OTHER_POST)}
REPLY = {"parent": ref(POST), "root": ref(OTHER_POST)}
POLICY = {"identifier": "rude", "severity": "alert", "blurs": "none", "locales": []}

SAMPLES: dict[str, Sample] = {
    "app.bsky.feed.post": Sample(
        {
            "text": "hi @bob",
            "facets": [facet(CAROL)],
            "reply": REPLY,
            "langs": ["en"],
            "tags": ["a"],
        },
        {"text": "look", "embed": quote(POST)},
    ),
    "app.bsky.feed.like": Sample(SUBJECT, OTHER_SUBJECT),
    "app.bsky.feed.repost": Sample(SUBJECT, OTHER_SUBJECT),
    "app.bsky.feed.generator": Sample(
        {"did": "did:web:feeds.test", "displayName": "Cats", "avatar": blob(9)},
        {"did": "did:web:feeds.test", "displayName": "Dogs", "description": "no cats"},
    ),
    "app.bsky.feed.threadgate": Sample(
        {"post": OWN_POST, "allow": [rule("mentionRule"), rule("listRule", list=LIST)]},
        {"post": OWN_POST, "allow": [], "hiddenReplies": [POST]},
    ),
    "app.bsky.feed.postgate": Sample(
        {"post": OWN_POST, "embeddingRules": [{"$type": "app.bsky.feed.postgate#disableRule"}]},
        {"post": OWN_POST, "detachedEmbeddingUris": [OTHER_POST]},
    ),
    "app.bsky.graph.follow": Sample({"subject": BOB}, {"subject": CAROL}),
    "app.bsky.graph.block": Sample({"subject": BOB}, {"subject": CAROL}),
    "app.bsky.graph.list": Sample(
        {"name": "friends", "purpose": "app.bsky.graph.defs#curatelist", "avatar": blob(3)},
        {"name": "foes", "purpose": "app.bsky.graph.defs#modlist", "description": "be gone"},
    ),
    "app.bsky.graph.listitem": Sample(
        {"list": LIST, "subject": BOB}, {"list": LIST, "subject": CAROL}
    ),
    "app.bsky.graph.listblock": Sample({"subject": LIST}, {"subject": LIST.replace(ALICE, BOB)}),
    "app.bsky.graph.starterpack": Sample(
        {"name": "start", "list": LIST},
        {"name": "go", "list": LIST, "feeds": [{"uri": f"at://{BOB}/app.bsky.feed.generator/a"}]},
    ),
    "app.bsky.graph.verification": Sample(
        {"subject": BOB, "handle": "bob.test", "displayName": "Bob"},
        {"subject": CAROL, "handle": "carol.test", "displayName": "Carol"},
    ),
    "app.bsky.actor.profile": Sample(
        {"displayName": "Alice", "avatar": blob(7), "joinedViaStarterPack": ref(PACK)},
        {"displayName": "Alice!", "description": "hello", "pinnedPost": ref(OWN_POST)},
        "self",
    ),
    "app.bsky.actor.status": Sample({"status": "live"}, {"status": "away"}, "self"),
    "app.bsky.bookmark": Sample({"subject": {"uri": POST}}, {"subject": {"uri": OTHER_POST}}),
    "app.bsky.labeler.service": Sample(
        {"policies": {"labelValues": ["rude"], "labelValueDefinitions": [POLICY]}},
        {"policies": {"labelValues": ["spam"]}},
        "self",
    ),
    "com.atproto.label.label": Sample(
        {"src": BOB, "uri": POST, "val": "rude", "cts": WHEN},
        {"src": BOB, "did": BOB, "val": "spam", "neg": True},
    ),
    "app.bsky.notification.declaration": Sample(
        {"allowSubscriptions": "followers"}, {"allowSubscriptions": "none"}, "self"
    ),
    "app.bsky.actor.contentVisibilityDeclaration": Sample({"a": 1}, {"a": 2}, "self"),
    "chat.bsky.actor.declaration": Sample(
        {"allowIncoming": "all"}, {"allowIncoming": "none"}, "self"
    ),
    "com.germnetwork.declaration": Sample({"version": "1"}, {"version": "2"}, "self"),
    "com.example.unheard.of": Sample(
        {"bytes": {"$bytes": "AQID"}, "link": {"$link": CID}, "n": [1, None, True]},
        {"n": {"x": "y"}},
    ),
}
