"""app.bsky.graph.follow: someone follows an account."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import (
    COMMITTED,
    Count,
    Record,
    Row,
    Table,
    committed,
    user_counts,
)

follows = Table(
    "follows",
    "uri cid follower_did following_did " + COMMITTED,
    news="commit_seq",
    edge=("follower_did", "following_did"),
    counts=(
        Count(user_counts, "followers_count", by="following_did"),
        Count(user_counts, "follows_count", by="follower_did"),
    ),
    reopens=("follower_did", "following_did"),
    people=("following_did",),
)


def rows(op: Op) -> Iterable[Row]:
    yield follows.row(
        uri=op.uri,
        cid=op.cid,
        follower_did=op.did,
        following_did=op.did_of("subject"),
        **committed(op),
    )


RECORD = Record("app.bsky.graph.follow", rows, owns=(follows,), effects=("notify_follow",))
