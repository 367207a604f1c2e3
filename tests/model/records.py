"""What one record says: the columns of its row, by the table that it stands in.

A reader raises Invalid for a record that is refused. Where several live records would make the same
edge, `edge` names the columns that make it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op, StrongRef, strong_ref
from indexer.protocol.syntax import AtUri, at_uri, parse_datetime

Row = dict[str, Any]
POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
THREAD_GATE, POST_GATE = "app.bsky.feed.threadgate", "app.bsky.feed.postgate"
GENERATOR, LABELER = "app.bsky.feed.generator", "app.bsky.labeler.service"


class Kind(NamedTuple):
    table: str
    read: Callable[[Op], Row]
    edge: tuple[str, ...] = ()
    rkey: str | None = None


def kind_of(uri: AtUri) -> Kind:
    return KINDS.get(uri.collection, GENERIC)


def plain(op: Op, value: object) -> Any:
    """As atproto JSON."""
    text = op.json(value)
    return None if text is None else json.loads(text)


def record(op: Op, **columns: Any) -> Row:
    return {"uri": str(op.uri), "cid": op.cid, "created_at": op.created_at, **columns}


def committed(op: Op, **columns: Any) -> Row:
    commit = {"commit_time": op.time, "commit_seq": op.seq, "commit_rev": op.rev}
    return record(op, **columns, **commit)


def post(op: Op) -> Row:
    reply = op.maybe_object("reply") or None
    parent = strong_ref(reply, "reply.parent") if reply else None
    root = strong_ref(reply, "reply.root") if reply else None
    quoted(op)  # it has to be one that can be read
    return committed(
        op,
        author_did=op.did,
        text=op.text("text"),
        langs=plain(op, op.strings("langs")),
        tags=op.strings("tags") or [],
        parent_uri=parent and parent.uri,
        parent_cid=parent and parent.cid,
        root_uri=root and root.uri,
        root_cid=root and root.cid,
        embed=plain(op, op.maybe_object("embed")),
        facets=plain(op, op.objects("facets")),
        sort_at=op.sort_at,
    )


def quoted(op: Op) -> StrongRef | None:
    """The post that a post shows; what else it may show is no quote."""
    embed = op.record.get("embed") or {}
    holder: Mapping[str, Any] = {}
    if embed.get("$type") == "app.bsky.embed.record":
        holder = embed
    elif embed.get("$type") == "app.bsky.embed.recordWithMedia":
        holder = embed.get("record") or {}
    match holder:
        case {"record": {"uri": _}}:
            shown = strong_ref(holder, "embed.record")
            return shown if shown.uri.collection == POST else None
    return None


def at_subject(op: Op) -> Row:
    """A like or a repost."""
    subject, via = op.ref("subject"), op.maybe_ref("via")
    return committed(
        op,
        user_did=op.did,
        post_uri=subject.uri,
        subject_cid=subject.cid,
        via=via and via._asdict(),
        via_uri=via and via.uri,
    )


def repost(op: Op) -> Row:
    return {**at_subject(op), "sort_at": op.sort_at}


def bookmark(op: Op) -> Row:
    subject = op.maybe_object("subject") or {}
    return record(op, user_did=op.did, post_uri=at_uri(subject.get("uri")), commit_rev=op.rev)


def follow(op: Op) -> Row:
    return committed(op, follower_did=op.did, following_did=op.did_of("subject"))


def block(op: Op) -> Row:
    return committed(op, blocker_did=op.did, blocked_did=op.did_of("subject"))


def list_block(op: Op) -> Row:
    return record(op, blocker_did=op.did, list_uri=op.uri_of("subject"))


def list_(op: Op) -> Row:
    return record(
        op,
        creator_did=op.did,
        name=op.text("name"),
        purpose=op.key("purpose"),
        description=op.maybe_text("description"),
        avatar_url=op.blob("avatar"),
    )


def list_item(op: Op) -> Row:
    of = op.uri_of("list")
    if of.did != op.did:
        raise Invalid("foreign_list", "only its owner puts anybody on a list")
    return record(op, list_uri=of, subject_did=op.did_of("subject"))


def generator(op: Op) -> Row:
    return record(
        op,
        creator_did=op.did,
        did=op.did_of("did"),
        display_name=op.text("displayName"),
        description=op.maybe_text("description"),
        avatar_url=op.blob("avatar"),
    )


def labeler(op: Op) -> Row:
    if op.maybe_object("policies") is None:
        raise Invalid("bad_record", "a labeler without policies")
    return record(op, creator_did=op.did, policies=plain(op, op.record["policies"]))


def starter_pack(op: Op) -> Row:
    feeds = [feed.get("uri") for feed in op.objects("feeds") or []]
    return record(
        op,
        creator_did=op.did,
        name=op.text("name"),
        description=op.maybe_text("description"),
        list_uri=op.maybe_text("list"),
        feeds=[uri for uri in feeds if isinstance(uri, str)],
    )


def verification(op: Op) -> Row:
    return record(
        op,
        issuer_did=op.did,
        subject_did=op.did_of("subject"),
        handle=op.text("handle"),
        display_name=op.text("displayName"),
        verified_at=op.created_at,
        sort_at=op.sort_at,
    )


def guarded(op: Op) -> str:
    guards = op.uri_of("post")
    if guards != f"at://{op.did}/{POST}/{op.uri.rkey}":
        raise Invalid("foreign_gate", "a gate stands at its own author's post")
    return guards


def thread_gate(op: Op) -> Row:
    allow = plain(op, op.objects("allow"))
    kinds = [rule.get("$type") for rule in allow or []]
    lists = [rule.get("list") for rule in allow or []]
    return record(
        op,
        post_uri=guarded(op),
        owner_did=op.did,
        allow=allow,
        allow_mentions=f"{THREAD_GATE}#mentionRule" in kinds,
        allow_following=f"{THREAD_GATE}#followingRule" in kinds,
        allow_followers=f"{THREAD_GATE}#followerRule" in kinds,
        allow_list_members=f"{THREAD_GATE}#listRule" in kinds,
        allow_list_uris=[uri for uri in lists if isinstance(uri, str)],
        hidden_replies=op.strings("hiddenReplies") or [],
    )


def post_gate(op: Op) -> Row:
    rules: Row = {}
    named = [rule.get("$type") for rule in op.objects("embeddingRules") or []]
    if f"{POST_GATE}#disableRule" in named:
        rules["disableRule"] = True
    if detached := op.strings("detachedEmbeddingUris"):
        rules["detachedEmbeddingUris"] = detached
    return record(op, post_uri=guarded(op), embedding_rules=rules)


def profile(op: Op) -> Row:
    pack, pinned = op.maybe_ref("joinedViaStarterPack"), op.maybe_ref("pinnedPost")
    return {
        "display_name": op.maybe_text("displayName"),
        "avatar_url": op.blob("avatar"),
        "banner_url": op.blob("banner"),
        "description": op.maybe_text("description"),
        "profile_record": json.loads(op.record_json),
        "profile_cid": op.cid,
        "profile_created_at": op.sort_at,
        "pinned_post": pinned and pinned._asdict(),
        "joined_via_starter_pack": pack and pack.uri,
    }


def label(op: Op) -> Row:
    subject = op.maybe_text("uri") or op.maybe_text("did") or op.maybe_text("subject")
    if subject is None:
        raise Invalid("bad_record", "a label of nothing")
    if len(op.text("val").encode()) > 128:
        raise Invalid("bad_record", "longer than the protocol allows")
    return {
        "uri": str(op.uri),
        "src": op.did,
        "subject": subject,
        "val": op.text("val"),
        "neg": op.record.get("neg") is True,
        "cid": op.maybe_text("cid"),
        "exp": parse_datetime(op.record.get("exp")),
        "sig": None,
        "created_at": parse_datetime(op.record.get("cts")) or op.created_at,
        "block": None,
        "seq": 0,
    }


def generic(op: Op) -> Row:
    whole = json.loads(op.record_json)
    return record(op, author_did=op.did, record_type=op.uri.collection, record=whole)


GENERIC = Kind("generic_records", generic)
DECLARATION = Kind("generic_records", generic, rkey="self")
KINDS = {
    POST: Kind("posts", post),
    "app.bsky.feed.like": Kind("likes", at_subject, ("user_did", "post_uri")),
    REPOST: Kind("reposts", repost, ("user_did", "post_uri")),
    GENERATOR: Kind("feed_generator_records", generator),
    THREAD_GATE: Kind("thread_gates", thread_gate),
    POST_GATE: Kind("post_gates", post_gate),
    "app.bsky.graph.follow": Kind("follows", follow, ("follower_did", "following_did")),
    "app.bsky.graph.block": Kind("blocks", block, ("blocker_did", "blocked_did")),
    "app.bsky.graph.list": Kind("lists", list_),
    "app.bsky.graph.listitem": Kind("list_items", list_item, ("list_uri", "subject_did")),
    "app.bsky.graph.listblock": Kind("list_blocks", list_block, ("blocker_did", "list_uri")),
    "app.bsky.graph.starterpack": Kind("starter_packs", starter_pack),
    "app.bsky.graph.verification": Kind("verifications", verification),
    "app.bsky.actor.profile": Kind("profiles", profile, rkey="self"),
    "app.bsky.bookmark": Kind("bookmarks", bookmark, ("user_did", "post_uri")),
    LABELER: Kind("labeler_service_records", labeler, rkey="self"),
    "com.atproto.label.label": Kind("labels", label),
    "app.bsky.actor.status": DECLARATION,
    "app.bsky.actor.contentVisibilityDeclaration": DECLARATION,
    "app.bsky.notification.declaration": DECLARATION,
    "chat.bsky.actor.declaration": DECLARATION,
    "com.germnetwork.declaration": DECLARATION,
}
