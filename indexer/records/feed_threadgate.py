"""app.bsky.feed.threadgate: who may reply. Shares author and record key with the post it guards."""

from collections.abc import Iterable, Mapping
from typing import Any

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri, at_uri
from indexer.records.base import Count, Record, Row, Table, post_counts, user_counts

POST = "app.bsky.feed.post"
LIST = "app.bsky.graph.list"
RULE = "app.bsky.feed.threadgate#"
MOST_LISTS = 100  # every reply asks each of them; the lexicon has room for five rules


def guarded_post(uri: AtUri) -> str:
    return uri.sibling(POST)


thread_gates = Table(
    "thread_gates",
    "post_uri uri cid owner_did allow:jsonb allow_mentions:boolean allow_following:boolean"
    " allow_followers:boolean allow_list_members:boolean allow_list_uris:jsonb"
    " hidden_replies:jsonb created_at:timestamptz",
    key="post_uri",
    key_of=guarded_post,
    counts=(
        Count(post_counts, None, by="post_uri"),
        Count(post_counts, None, by="post_uri", through="gate_lists"),
        Count(user_counts, None, by="owner_did"),
    ),
    reopens=("post_uri",),
)


def rows(op: Op) -> Iterable[Row]:
    allow = op.objects("allow")
    rules = {rule.get("$type") for rule in allow or () if isinstance(rule.get("$type"), str)}
    lists = [rule["list"] for rule in allow or () if admits_list(rule)][:MOST_LISTS]
    yield thread_gates.row(
        post_uri=own_post(op),
        uri=op.uri,
        cid=op.cid,
        owner_did=op.did,
        allow=op.json(allow),
        allow_mentions=f"{RULE}mentionRule" in rules,
        allow_following=f"{RULE}followingRule" in rules,
        allow_followers=f"{RULE}followerRule" in rules,
        allow_list_members=bool(lists),
        allow_list_uris=op.json(lists),
        hidden_replies=op.json(op.strings("hiddenReplies") or []),
        created_at=op.created_at,
    )


def admits_list(rule: Mapping[str, Any]) -> bool:
    """A rule that names no list admits nobody."""
    if rule.get("$type") != f"{RULE}listRule":
        return False
    try:
        return at_uri(rule.get("list")).collection == LIST
    except Invalid:
        return False


def own_post(op: Op) -> str:
    post = op.uri_of("post")
    if post != guarded_post(op.uri):
        raise Invalid("foreign_gate", f"post: {post} is not guarded by {op.uri}")
    return post


RECORD = Record("app.bsky.feed.threadgate", rows, owns=(thread_gates,), effects=("judge_posts",))
