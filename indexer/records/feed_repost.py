"""app.bsky.feed.repost: someone puts a post into their own feed."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

reposts = Table(
    "reposts",
    "uri cid user_did post_uri subject_cid via:jsonb created_at:timestamptz"
    " commit_time:timestamptz commit_seq:bigint commit_rev",
    edge=("user_did", "post_uri"),
    counts=(Count(post_counts, "repost_count", by="post_uri"),),
)


def rows(op: Op) -> Iterable[Row]:
    subject = op.ref("subject")
    yield reposts.row(
        uri=op.uri,
        cid=op.cid,
        user_did=op.did,
        post_uri=subject.uri,
        subject_cid=subject.cid,
        via=op.ref_json("via"),
        created_at=op.created_at,
        commit_time=op.time,
        commit_seq=op.seq,
        commit_rev=op.rev,
    )


RECORD = Record(
    "app.bsky.feed.repost",
    rows,
    owns=(reposts,),
    effects=("notify_repost", "notify_repost_via"),
    subject_of=("notify_like_via", "notify_repost_via"),
)
