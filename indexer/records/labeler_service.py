"""app.bsky.labeler.service: an account labels others, with these labels and meanings.

The definitions of its labels are the view `label_definitions` over the policies.
"""

from collections.abc import Iterable

from indexer.protocol.errors import Invalid
from indexer.protocol.op import Op
from indexer.records.base import Count, Record, Row, Table, post_counts

labelers = Table(
    "labeler_service_records",
    "uri cid creator_did policies:jsonb created_at:timestamptz",
    counts=(Count(post_counts, None, by="uri"),),
)


def rows(op: Op) -> Iterable[Row]:
    policies = op.maybe_object("policies")
    if policies is None:
        raise Invalid("bad_record", "policies: missing")
    yield labelers.row(
        uri=op.uri,
        cid=op.cid,
        creator_did=op.did,
        policies=op.json(policies),
        created_at=op.created_at,
    )


RECORD = Record(
    "app.bsky.labeler.service",
    rows,
    owns=(labelers,),
    subject_of=("notify_like",),
    rkey="self",
)
