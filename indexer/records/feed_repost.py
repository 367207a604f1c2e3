"""app.bsky.feed.repost: someone puts a post into their own feed."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import COMMITTED, Count, Record, Row, Table, committed, post_counts

reposts = Table(
    "reposts",
    "uri cid user_did post_uri subject_cid via:jsonb via_uri " + COMMITTED,
    news="commit_seq",
    edge=("user_did", "post_uri"),
    counts=(
        Count(post_counts, "repost_count", by="post_uri"),
        Count(post_counts, None, by="via_uri"),
        Count(post_counts, None, by="uri"),
    ),
    awaits=("post_uri", "via_uri"),
)


def rows(op: Op) -> Iterable[Row]:
    subject, via = op.ref("subject"), op.maybe_ref("via")
    yield reposts.row(
        uri=op.uri,
        cid=op.cid,
        user_did=op.did,
        post_uri=subject.uri,
        subject_cid=subject.cid,
        via=op.ref_json("via"),
        via_uri=via and via.uri,
        **committed(op),
    )


RECORD = Record(
    "app.bsky.feed.repost",
    rows,
    owns=(reposts,),
    effects=("notify_repost",),
    subject_of=("notify_like", "notify_repost"),
)
