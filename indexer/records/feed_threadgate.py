"""app.bsky.feed.threadgate: who may reply. Shares author and record key with the post it guards."""

from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri
from indexer.records.base import Record, Row, Table

POST = "app.bsky.feed.post"


def guarded_post(uri: AtUri) -> str:
    return uri.sibling(POST)


thread_gates = Table(
    "thread_gates",
    "post_uri uri cid owner_did allow:jsonb allow_mentions:boolean allow_following:boolean"
    " allow_followers:boolean allow_list_members:boolean allow_list_uris:jsonb"
    " hidden_replies:jsonb created_at:timestamptz",
    key="post_uri",
    key_of=guarded_post,
)


def rows(op: Op) -> Iterable[Row]:
    allow = op.objects("allow")
    kinds = {str(rule.get("$type")).partition("#")[2] for rule in allow or ()}
    lists = [rule["list"] for rule in allow or () if isinstance(rule.get("list"), str)]
    yield thread_gates.row(
        post_uri=own_post(op),
        uri=op.uri,
        cid=op.cid,
        owner_did=op.did,
        allow=op.json(allow),
        allow_mentions="mentionRule" in kinds,
        allow_following="followingRule" in kinds,
        allow_followers="followerRule" in kinds,
        allow_list_members="listRule" in kinds,
        allow_list_uris=op.json(lists),
        hidden_replies=op.json(op.strings("hiddenReplies") or []),
        created_at=op.created_at,
    )


def own_post(op: Op) -> str:
    post = op.uri_of("post")
    if post != guarded_post(op.uri):
        raise Invalid("foreign_gate", f"post: {post} is not guarded by {op.uri}")
    return post


RECORD = Record("app.bsky.feed.threadgate", rows, owns=(thread_gates,), effects=("mark_gated",))
