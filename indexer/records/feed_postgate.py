"""app.bsky.feed.postgate: who may quote. Shares author and record key with the post it guards."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts
from indexer.records.feed_threadgate import guarded_post, own_post

DISABLE = "app.bsky.feed.postgate#disableRule"

post_gates = Table(
    "post_gates",
    "post_uri uri cid embedding_rules:jsonb created_at:timestamptz",
    key="post_uri",
    key_of=guarded_post,
    counts=(Count(post_counts, None, by="post_uri"),),
    reopens=("post_uri",),
)


def rows(op: Op) -> Iterable[Row]:
    rules: dict[str, object] = {}
    if any(rule.get("$type") == DISABLE for rule in op.objects("embeddingRules") or ()):
        rules["disableRule"] = True
    if detached := op.strings("detachedEmbeddingUris"):
        rules["detachedEmbeddingUris"] = detached
    yield post_gates.row(
        post_uri=own_post(op),
        uri=op.uri,
        cid=op.cid,
        embedding_rules=op.json(rules),
        created_at=op.created_at,
    )


RECORD = Record("app.bsky.feed.postgate", rows, owns=(post_gates,), effects=("judge_posts",))
