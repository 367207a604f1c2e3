"""app.bsky.graph.follow: someone follows an account."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, user_counts

follows = Table(
    "follows",
    "uri cid follower_did following_did created_at:timestamptz"
    " commit_time:timestamptz commit_seq:bigint commit_rev",
    edge=("follower_did", "following_did"),
    counts=(
        Count(user_counts, "followers_count", by="following_did"),
        Count(user_counts, "follows_count", by="follower_did"),
    ),
    people=("following_did",),
)


def rows(op: Op) -> Iterable[Row]:
    yield follows.row(
        uri=op.uri,
        cid=op.cid,
        follower_did=op.did,
        following_did=op.did_of("subject"),
        created_at=op.created_at,
        commit_time=op.time,
        commit_seq=op.seq,
        commit_rev=op.rev,
    )


RECORD = Record("app.bsky.graph.follow", rows, owns=(follows,), effects=("notify_follow",))
