"""app.bsky.feed.like: someone likes a post, a feed generator or a labeler."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import COMMITTED, Count, Record, Row, Table, committed, post_counts

likes = Table(
    "likes",
    "uri cid user_did post_uri subject_cid via:jsonb via_uri " + COMMITTED,
    news="commit_seq",
    edge=("user_did", "post_uri"),
    counts=(
        Count(post_counts, "like_count", by="post_uri"),
        Count(post_counts, None, by="via_uri"),
    ),
    awaits=("post_uri", "via_uri"),
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
        **committed(op),
    )


RECORD = Record("app.bsky.feed.like", rows, owns=(likes,), effects=("notify_like",))
