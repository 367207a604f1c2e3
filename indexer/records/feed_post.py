"""app.bsky.feed.post: text, perhaps replying, quoting and mentioning."""

from collections.abc import Iterable, Mapping
from typing import Any

from indexer.protocol.op import Op, StrongRef, strong_ref
from indexer.records.base import (
    COMMITTED,
    Count,
    Record,
    Row,
    Table,
    committed,
    post_counts,
    user_counts,
)

NSID = "app.bsky.feed.post"

posts = Table(
    "posts",
    "uri cid author_did text langs:jsonb parent_uri parent_cid root_uri root_cid"
    " embed:jsonb facets:jsonb tags:jsonb " + COMMITTED,
    news="commit_seq",
    counts=(
        Count(post_counts, "reply_count", by="parent_uri"),
        Count(post_counts, None, by="root_uri"),
        Count(post_counts, None, by="uri"),
        Count(post_counts, None, by="parent_uri", through="ancestors"),
        Count(post_counts, None, by="uri", through="answers"),
        Count(user_counts, "posts_count", by="author_did"),
    ),
    awaits=("parent_uri", "root_uri"),
    reopens=("uri",),
)

quotes = Table(
    "quotes",
    "uri cid post_uri quoted_uri quoted_cid created_at:timestamptz",
    key="post_uri",
    counts=(Count(post_counts, "quote_count", by="quoted_uri"),),
    awaits=("quoted_uri",),
)


def rows(op: Op) -> Iterable[Row]:
    reply = op.maybe_object("reply")
    parent = strong_ref(reply, "reply.parent") if reply else None
    root = strong_ref(reply, "reply.root") if reply else None
    yield posts.row(
        uri=op.uri,
        cid=op.cid,
        author_did=op.did,
        text=op.text("text"),
        langs=op.json(op.strings("langs")),
        parent_uri=parent and parent.uri,
        parent_cid=parent and parent.cid,
        root_uri=root and root.uri,
        root_cid=root and root.cid,
        embed=op.json(op.maybe_object("embed")),
        facets=op.json(op.objects("facets")),
        tags=op.json(op.strings("tags") or []),
        **committed(op),
    )
    if quoted := quoted_post(op.record.get("embed")):
        yield quotes.row(
            uri=f"{op.uri}#quote",
            cid=op.cid,
            post_uri=op.uri,
            quoted_uri=quoted.uri,
            quoted_cid=quoted.cid,
            created_at=op.created_at,
        )


def quoted_post(embed: Mapping[str, Any] | None) -> StrongRef | None:
    """The post that an embed shows; a list or feed that it shows is no quote."""
    match embed or {}:
        case {"$type": "app.bsky.embed.record", "record": {"uri": _}} as shown:
            ref = strong_ref(shown, "embed.record")
        case {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": {"uri": _}} as shown}:
            ref = strong_ref(shown, "embed.record.record")
        case _:
            return None
    return ref if ref.uri.collection == NSID else None


RECORD = Record(
    NSID,
    rows,
    owns=(posts, quotes),
    effects=("judge_posts", "notify_post"),
    subject_of=("notify_like", "notify_repost", "notify_post"),
)
