"""Records as clients write them, one function a collection."""

from collections.abc import Sequence
from typing import Any

from load.world.people import Post, Ref

Record = dict[str, Any]

POST = "app.bsky.feed.post"
LIKE = "app.bsky.feed.like"
REPOST = "app.bsky.feed.repost"
GENERATOR = "app.bsky.feed.generator"
THREADGATE = "app.bsky.feed.threadgate"
POSTGATE = "app.bsky.feed.postgate"
FOLLOW = "app.bsky.graph.follow"
BLOCK = "app.bsky.graph.block"
LIST = "app.bsky.graph.list"
LISTITEM = "app.bsky.graph.listitem"
LISTBLOCK = "app.bsky.graph.listblock"
STARTERPACK = "app.bsky.graph.starterpack"
VERIFICATION = "app.bsky.graph.verification"
PROFILE = "app.bsky.actor.profile"
STATUS = "app.bsky.actor.status"
LABELER = "app.bsky.labeler.service"
LABEL = "com.atproto.label.label"
BOOKMARK = "app.bsky.bookmark"
NOTIFICATIONS = "app.bsky.notification.declaration"
VISIBILITY = "app.bsky.actor.contentVisibilityDeclaration"
CHAT = "chat.bsky.actor.declaration"
GERM = "com.germnetwork.declaration"
UNKNOWN = "com.example.game.score"


def blob(digest: bytes, kind: str = "image/jpeg") -> Record:
    size = 20_000 + int.from_bytes(digest[:2], "big") * 9
    return {"$type": "blob", "ref": b"\x01\x55\x12\x20" + digest, "mimeType": kind, "size": size}


def pointing(ref: Ref, via: Ref | None) -> Record:
    """A like or a repost."""
    return {"subject": ref.strong} | ({"via": via.strong} if via else {})


def reply_to(parent: Post) -> Record:
    return {"root": parent.root.strong, "parent": parent.ref.strong}


def mention(text: str, start: int, end: int, did: str) -> Record:
    """`start` and `end` count characters of the text; facets count bytes of its UTF-8."""
    return {
        "index": {
            "byteStart": len(text[:start].encode()),
            "byteEnd": len(text[:end].encode()),
        },
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}],
    }


def images(digests: Sequence[bytes], alt: str) -> Record:
    return {
        "$type": "app.bsky.embed.images",
        "images": [
            {"alt": alt, "image": blob(digest), "aspectRatio": {"width": 1600, "height": 1200}}
            for digest in digests
        ],
    }


def external(title: str, thumb: bytes) -> Record:
    return {
        "$type": "app.bsky.embed.external",
        "external": {
            "uri": f"https://news.example/{thumb.hex()[:12]}",
            "title": title,
            "description": f"All there is to know: {title}",
            "thumb": blob(thumb),
        },
    }


def quote(quoted: Ref, media: Record | None) -> Record:
    record = {"$type": "app.bsky.embed.record", "record": quoted.strong}
    if media is None:
        return record
    return {"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}


def novelty(text: str) -> Record:
    """An embed that no lexicon of today knows."""
    return {"$type": "com.example.embed.poll", "question": text, "options": ["yes", "no"]}


def profile(name: str, about: str, avatar: bytes, pinned: Ref | None, pack: Ref | None) -> Record:
    return {
        "displayName": name,
        "description": about,
        "avatar": blob(avatar),
        "banner": blob(avatar[::-1]),
        **({"pinnedPost": pinned.strong} if pinned else {}),
        **({"joinedViaStarterPack": pack.strong} if pack else {}),
    }


def threadgate(post: str, rules: Sequence[str] | None, lists: Sequence[str]) -> Record:
    """`rules` are names such as `mentionRule`; none of them lets nobody reply, None everybody."""
    gate: Record = {"post": post}
    if rules is not None:
        gate["allow"] = [{"$type": f"{THREADGATE}#{rule}"} for rule in rules]
        gate["allow"] += [{"$type": f"{THREADGATE}#listRule", "list": uri} for uri in lists]
    return gate


def postgate(post: str, detached: Sequence[str], disabled: bool) -> Record:
    rules = [{"$type": f"{POSTGATE}#disableRule"}] if disabled else []
    return {"post": post, "detachedEmbeddingUris": list(detached), "embeddingRules": rules}


def named_list(name: str, about: str, purpose: str) -> Record:
    return {"name": name, "description": about, "purpose": f"app.bsky.graph.defs#{purpose}"}


def generator(did: str, name: str, about: str, avatar: bytes) -> Record:
    return {"did": did, "displayName": name, "description": about, "avatar": blob(avatar)}


def labeler(values: Sequence[str]) -> Record:
    definitions = [
        {
            "identifier": value,
            "severity": "inform",
            "blurs": "none",
            "defaultSetting": "warn",
            "locales": [{"lang": "en", "name": value.title(), "description": f"Says {value}."}],
        }
        for value in values
    ]
    return {"policies": {"labelValues": list(values), "labelValueDefinitions": definitions}}
