"""app.bsky.feed.like: someone likes a post, a feed generator or a labeler."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

likes = Table(
    "likes",
    "uri cid user_did post_uri subject_cid via:jsonb via_uri created_at:timestamptz"
    " commit_time:timestamptz commit_seq:bigint commit_rev",
    edge=("user_did", "post_uri"),
    counts=(
        Count(post_counts, "like_count", by="post_uri"),
        Count(post_counts, None, by="via_uri"),
    ),
)


def rows(op: Op) -> Iterable[Row]:
    subject, via = op.ref("subject"), op.maybe_ref("via")
    yield likes.row(
        uri=op.uri,
        cid=op.cid,
        user_did=op.did,
        post_uri=subject.uri,
        subject_cid=subject.cid,
        via=op.ref_json("via"),
        via_uri=via and via.uri,
        created_at=op.created_at,
        commit_time=op.time,
        commit_seq=op.seq,
        commit_rev=op.rev,
    )


RECORD = Record(
    "app.bsky.feed.like", rows, owns=(likes,), effects=("notify_like", "notify_like_via")
)
