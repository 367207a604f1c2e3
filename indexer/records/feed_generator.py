"""app.bsky.feed.generator: a feed that somebody's service computes."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

feed_generators = Table(
    "feed_generator_records",
    "uri cid creator_did did display_name description avatar_url created_at:timestamptz",
    counts=(Count(post_counts, None, by="uri"),),
)


def rows(op: Op) -> Iterable[Row]:
    yield feed_generators.row(
        uri=op.uri,
        cid=op.cid,
        creator_did=op.did,
        did=op.did_of("did"),
        display_name=op.text("displayName"),
        description=op.maybe_text("description"),
        avatar_url=op.blob("avatar"),
        created_at=op.created_at,
    )


RECORD = Record(
    "app.bsky.feed.generator", rows, owns=(feed_generators,), subject_of=("notify_like",)
)
