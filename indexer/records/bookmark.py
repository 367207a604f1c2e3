"""app.bsky.bookmark: someone keeps a post for later. A convention of the older system."""

from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op, uri_named
from indexer.records.base import Count, Record, Row, Table, post_counts

bookmarks = Table(
    "bookmarks",
    "uri cid user_did post_uri created_at:timestamptz commit_rev",
    edge=("user_did", "post_uri"),
    counts=(Count(post_counts, "bookmark_count", by="post_uri"),),
)


def rows(op: Op) -> Iterable[Row]:
    subject = op.maybe_object("subject")
    if subject is None:
        raise Invalid("bad_record", "subject: missing")
    yield bookmarks.row(
        uri=op.uri,
        cid=op.cid,
        user_did=op.did,
        post_uri=uri_named(subject.get("uri"), "subject.uri"),
        created_at=op.created_at,
        commit_rev=op.rev,
    )


RECORD = Record("app.bsky.bookmark", rows, owns=(bookmarks,))
