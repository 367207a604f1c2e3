"""Records that somebody made to do harm, by what is wrong with them; and some just odd."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.frames import Write, create, encode
from tests.hostile_values import LONG_DID, ODD_COLLECTIONS, RKEYS, TEXTS, TIMES, nested, noise
from tests.records.samples import BOB, CAROL, CID, POLICY, facet, quote, ref, rule

POST, LIKE = "app.bsky.feed.post", "app.bsky.feed.like"


class Refusal(NamedTuple):
    reason: str
    said: str  # part of what is said of it


def post(rkey: str, **fields: Any) -> Write:
    return create(f"{POST}/{rkey}", {"text": rkey, **fields})


def raw(path: str, spelling: bytes) -> Write:
    """A record with one field of other bytes."""
    key = encode({"$type": path.partition("/")[0]})[1:]
    return Write("create", path, b"\xa2\x61a" + spelling + key)


RECORD, MISMATCH = "bad_record", "type_mismatch"

# One op in a commit with others. Refused, and the others stand.
OPS: Mapping[str, tuple[Write, Refusal]] = {
    "no record key": (Write("delete", POST, b""), Refusal("bad_path", POST)),
    "a collection that is none": (create("post/1", {}), Refusal("bad_path", "'post/1'")),
    "a path that is markup": (create("[/b]:x:", {}), Refusal("bad_path", "'[/b]:x:'")),
    "a record key of dots": (post(".."), Refusal("bad_path", "..")),
    "a record key with a NUL": (post("a\0"), Refusal("bad_path", r"a\x00")),
    "a record key without end": (post("a" * 513), Refusal("bad_path", "aaa")),
    "an action of its own": (Write("merge", f"{POST}/a", b""), Refusal("bad_op", "'merge'")),
    "no $type": (Write("create", f"{POST}/a", b"\xa0"), Refusal(MISMATCH, "None")),
    "another $type": (post("a", **{"$type": LIKE}), Refusal(MISMATCH, LIKE)),
    "a $type that is no text": (post("a", **{"$type": 7}), Refusal(MISMATCH, "7")),
    "a list": (Write("create", f"{POST}/a", b"\x80"), Refusal(RECORD, "list, not a map")),
    "garbage": (Write("create", f"{POST}/a", b"\xfe\xff"), Refusal(RECORD, "DAG-CBOR")),
    "a float": (raw(f"{POST}/a", b"\xfb\x3f\xe0" + bytes(6)), Refusal(RECORD, "a float: 0.5")),
    "a NaN": (raw(f"{POST}/a", b"\xfb\x7f\xf8" + bytes(6)), Refusal(RECORD, "NaN")),
    "64 bits and more": (
        raw(f"{POST}/a", b"\x1b" + b"\xff" * 8),
        Refusal(RECORD, "18446744073709"),
    ),
    "64 bits below": (raw(f"{POST}/a", b"\x3b" + b"\xff" * 8), Refusal(RECORD, "-184467440737")),
    "half a surrogate pair": (raw(f"{POST}/a", b"\x63\xed\xa0\x80"), Refusal(RECORD, "utf-8")),
    "half a pair in a key": (raw(f"{POST}/a", b"\xa1\x63\xed\xa0\x80\0"), Refusal(RECORD, "utf-8")),
    "bytes that are no text": (raw(f"{POST}/a", b"\x62\xc3\x28"), Refusal(RECORD, "utf-8")),
    "a key twice": (raw(f"{POST}/a", b"\xa2\x61a\0\x61a\0"), Refusal(RECORD, "unique")),
    "an indefinite length": (raw(f"{POST}/a", b"\x9f\xff"), Refusal(RECORD, "Indefinite")),
    "an unheard-of tag": (raw(f"{POST}/a", b"\xc1\0"), Refusal(RECORD, "tags")),
    "a link to nothing": (raw(f"{POST}/a", b"\xd8\x2a\x40"), Refusal(RECORD, "CID")),
    "33 deep": (raw(f"{POST}/a", b"\x81" * 33 + b"\0"), Refusal(RECORD, "more than 32 deep")),
    "deep without end": (raw(f"{POST}/a", b"\x81" * 5000 + b"\0"), Refusal(RECORD, "without end")),
    "more than a megabyte": (post("a", text="a" * 1_000_000), Refusal("too_big", "a record of")),
    "a text that is none": (post("a", text=7), Refusal(RECORD, "text: int, not str")),
    "an answer to nothing": (
        post("a", reply={"root": {}}),
        Refusal(RECORD, "reply.parent: missing"),
    ),
    "a language that is none": (post("a", langs=[7]), Refusal(RECORD, "langs: int, not str")),
    "a quote of nothing": (
        post("a", embed={"$type": "app.bsky.embed.record", "record": {"uri": "\0", "cid": CID}}),
        Refusal(RECORD, "embed.record.uri"),
    ),
    "a like of a collection": (
        create(f"{LIKE}/a", {"subject": ref(f"at://{BOB}/{POST}")}),
        Refusal(RECORD, "subject.uri: no URI"),
    ),
    "a bookmark of nothing": (
        create("app.bsky.bookmark/a", {"subject": {"uri": 7}}),
        Refusal(RECORD, "subject.uri: no URI"),
    ),
    "a follow of a handle": (
        create("app.bsky.graph.follow/a", {"subject": "bob.test"}),
        Refusal(RECORD, "subject: no DID: 'bob.test'"),
    ),
    "a follow of whom no index holds": (
        create("app.bsky.graph.follow/a", {"subject": LONG_DID + "x"}),
        Refusal("too_big", "subject: 801 bytes"),
    ),
    "somebody else's thread gate": (
        create("app.bsky.feed.threadgate/a", {"post": f"at://{BOB}/{POST}/a", "allow": []}),
        Refusal("foreign_gate", f"at://{BOB}/{POST}/a is not guarded by"),
    ),
    "somebody else's post gate": (
        create("app.bsky.feed.postgate/a", {"post": f"at://{BOB}/{POST}/a"}),
        Refusal("foreign_gate", f"at://{BOB}/{POST}/a is not guarded by"),
    ),
    "somebody else's list": (
        create("app.bsky.graph.listitem/a", {"list": f"at://{BOB}/x.y.z/a", "subject": BOB}),
        Refusal("foreign_list", "does not belong to"),
    ),
    "a gate whose rules are none": (
        create("app.bsky.feed.threadgate/a", {"allow": "all"}),
        Refusal(RECORD, "allow: str, not list"),
    ),
    "a purpose without end": (
        create("app.bsky.graph.list/a", {"name": "a", "purpose": noise(90_000)}),
        Refusal("too_big", "purpose: 90000 bytes"),
    ),
    "a label that says too much": (
        create("com.atproto.label.label/a", {"uri": BOB, "val": "a" * 129}),
        Refusal(RECORD, "val: longer than 128"),
    ),
    "a second profile": (create("app.bsky.actor.profile/a", {}), Refusal("bad_path", "'self'")),
    "an avatar that is none": (
        create("app.bsky.actor.profile/self", {"avatar": {"ref": {"$bytes": "AQID"}}}),
        Refusal(RECORD, "avatar: no CID"),
    ),
}


def own(did: str, path: str) -> dict[str, Any]:
    return ref(f"at://{did}/{path}")


def circle(did: str) -> list[Write]:
    """Posts that answer, quote and guard themselves and one another."""
    a, b, c = (own(did, f"{POST}/circle-{name}") for name in "abc")
    return [
        post("circle-a", reply={"parent": a, "root": a}, embed=quote(a["uri"])),
        post("circle-b", reply={"parent": c, "root": b}),
        post("circle-c", reply={"parent": b, "root": c}, embed=quote(b["uri"])),
        create(f"{LIKE}/circle", {"subject": own(did, f"{LIKE}/circle"), "via": a}),
        create(f"{LIKE}/via", {"subject": b, "via": own(did, f"{LIKE}/via")}),
        create(
            "app.bsky.feed.repost/via", {"subject": c, "via": own(did, "app.bsky.feed.repost/via")}
        ),
        create("app.bsky.graph.follow/self", {"subject": did}),
        create("app.bsky.graph.block/self", {"subject": did}),
        create(
            "app.bsky.graph.listitem/a",
            {"list": f"at://{did}/app.bsky.graph.listitem/a", "subject": did},
        ),
        create("app.bsky.actor.profile/self", {"joinedViaStarterPack": own(did, "a.b.c/self")}),
    ]


def texts(_: str) -> list[Write]:
    """Every text there is, as every text there may be."""
    made = []
    for n, text in enumerate(TEXTS):
        made += [
            post(f"text-{n}", text=text, langs=[text], tags=[text, text], embed={text: text}),
            create(
                f"app.bsky.graph.list/{n}", {"name": text, "purpose": str(n), "description": text}
            ),
            create(f"app.bsky.graph.starterpack/{n}", {"name": text, "list": text}),
            create(f"{ODD_COLLECTIONS[0]}/{n}", {text: {text: [text]}}),
        ]
    return made


def everything_else(did: str) -> list[Write]:
    nul = "\0"
    policy = POLICY | {"identifier": nul, "locales": nul}
    return [
        create("app.bsky.actor.profile/self", {"displayName": nul, "description": nul}),
        create("app.bsky.feed.generator/a", {"did": LONG_DID, "displayName": nul}),
        create("app.bsky.labeler.service/self", {"policies": {"labelValueDefinitions": [policy]}}),
        create("com.atproto.label.label/a", {"uri": nul, "val": nul, "cid": nul}),
        create(
            "app.bsky.graph.verification/a",
            {"subject": BOB, "handle": nul, "displayName": nul},
        ),
        create(
            "app.bsky.feed.threadgate/gate",
            {
                "post": f"at://{did}/{POST}/gate",
                "allow": [
                    rule(nul),
                    {"$type": 7},
                    {},
                    rule("listRule", list=nul),
                    rule("listRule"),
                ],
                "hiddenReplies": [nul],
            },
        ),
        create(
            "app.bsky.feed.postgate/gate",
            {
                "post": f"at://{did}/{POST}/gate",
                "embeddingRules": [{}],
                "detachedEmbeddingUris": [nul],
            },
        ),
    ]


def shapes(_: str) -> list[Write]:
    image = {"$type": "app.bsky.embed.images", "images": 7}
    features = [{"$type": 7}, {"did": BOB}, {"$type": "app.bsky.richtext.facet#mention", "did": []}]
    odd = [
        {"features": 7},
        {"features": features},
        {},
        facet("no DID"),
        facet(LONG_DID),
        facet("\0"),
    ]
    return [
        post("embed-1", embed=image),
        post("embed-2", embed={"$type": 7, "record": []}),
        post("embed-3", embed={"$type": "app.bsky.embed.record", "record": {"uri\0": 1}}),
        post("embed-4", embed={"$type": "app.bsky.embed.recordWithMedia", "record": 7}),
        post("facets", facets=odd),
        post("mentions", facets=[facet(f"did:web:{n}.test") for n in range(3000)]),
        post("deep", embed={"a": nested(30)}),
        create(f"{ODD_COLLECTIONS[1]}/bytes", {str(n): {"$bytes": "AQID"} for n in range(40_000)}),
        create(f"{LIKE}/handle", {"subject": ref(f"at://bob.test/{POST}/a")}),
        create(
            f"{LIKE}/long", {"subject": ref(f"at://{LONG_DID}/{ODD_COLLECTIONS[1]}/{noise(512)}")}
        ),
        post("quote-long", embed=quote(f"at://{LONG_DID}/{POST}/{noise(512)}")),
    ]


# Accepted as it is.
ODD: Mapping[str, Callable[[str], list[Write]]] = {
    "times": lambda _: [post(f"time-{n}", createdAt=time) for n, time in enumerate(TIMES)],
    "record keys": lambda _: [
        create(f"{collection}/{rkey}", {"text": "", "subject": ref(f"at://{CAROL}/{POST}/{rkey}")})
        for collection in (POST, LIKE, *ODD_COLLECTIONS)
        for rkey in RKEYS
    ],
    "circles": circle,
    "texts": texts,
    "NUL wherever else": everything_else,
    "shapes": shapes,
    "a megabyte": lambda _: [post("large", text=noise(400_000, "ab \u0436\U0001f642"))],
    "200 ops": lambda _: [post(f"op-{n}") for n in range(200)],
}
