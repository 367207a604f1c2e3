"""app.bsky.graph.verification: someone vouches that an account is who its name says."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.records.base import Record, Row, Table

verifications = Table(
    "verifications",
    "uri cid issuer_did subject_did handle display_name verified_at:timestamptz"
    " created_at:timestamptz sort_at:timestamptz",
    people=("subject_did",),
    news="sort_at",
)


def rows(op: Op) -> Iterable[Row]:
    yield verifications.row(
        uri=op.uri,
        cid=op.cid,
        issuer_did=op.did,
        subject_did=op.did_of("subject"),
        handle=op.text("handle"),
        display_name=op.text("displayName"),
        verified_at=op.created_at,
        created_at=op.created_at,
        sort_at=op.sort_at if op.is_news else None,
    )


RECORD = Record(
    "app.bsky.graph.verification",
    rows,
    owns=(verifications,),
    effects=("notify_verified",),
    on_delete="notify_unverified",
)
