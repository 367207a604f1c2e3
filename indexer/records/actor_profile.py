"""app.bsky.actor.profile: how an account presents itself. One an account; never its handle."""

from collections.abc import Iterable

from indexer.protocol.op import Op
from indexer.protocol.syntax import AtUri
from indexer.records.base import Columns, Count, Record, Row, post_counts


def author(uri: AtUri) -> str:
    return uri.did


profile = Columns(
    "users",
    "did display_name avatar_url banner_url description profile_record:jsonb profile_cid"
    " profile_created_at:timestamptz pinned_post:jsonb joined_via_starter_pack",
    key="did",
    key_of=author,
    counts=(Count(post_counts, None, by="joined_via_starter_pack"),),
    awaits=("joined_via_starter_pack",),
    version="profile_cid",
    news="profile_created_at",
)


def rows(op: Op) -> Iterable[Row]:
    joined_via = op.maybe_ref("joinedViaStarterPack")
    yield profile.row(
        did=op.did,
        display_name=op.maybe_text("displayName"),
        avatar_url=op.blob("avatar"),
        banner_url=op.blob("banner"),
        description=op.maybe_text("description"),
        profile_record=op.record_json,
        profile_cid=op.cid,
        profile_created_at=op.sort_at if op.is_news else None,
        pinned_post=op.ref_json("pinnedPost"),
        joined_via_starter_pack=joined_via and joined_via.uri,
    )


RECORD = Record(
    "app.bsky.actor.profile", rows, owns=(profile,), effects=("notify_joined",), rkey="self"
)
