"""The tables of the older system, as far as we know them. Pure data.

Columns are `name` (text) or `name:type`, by the types that ours have; `!` marks those without which
a table is not what its name says. What stands in a database may be narrower, or missing; see
`views`.
"""

from dataclasses import dataclass, field

COMMITTED = "created_at:timestamptz! indexed_at:timestamptz commit_time:timestamptz" + (
    " commit_seq:bigint commit_rev"
)
DATED = "created_at:timestamptz! indexed_at:timestamptz"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Older:
    """`ours` is the table that its rows go to; None: it holds what other rows say. `of` is the
    collection whose URIs `key` holds, and `owner` the column that repeats whose they are; `dids`
    are other columns that hold DIDs."""

    name: str
    spelled: str
    ours: str | None = None
    key: str = "uri"
    of: str | None = None
    owner: str | None = None
    dids: tuple[str, ...] = ()
    columns: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        columns = []
        for word in self.spelled.split():
            name, _, type = word.rstrip("!").partition(":")
            columns.append(Column(name, type or "text", word.endswith("!")))
        object.__setattr__(self, "columns", tuple(columns))

    @property
    def committed(self) -> bool:
        """Whether readers stored rows ahead of the firehose here."""
        return "commit_rev" in self.spelled


OLDER = (
    Older(
        "users",
        "did! handle display_name avatar_url:blob banner_url:blob description profile_record:jsonb"
        " pinned_post:jsonb created_at:timestamptz indexed_at:timestamptz",
        ours="users",
        key="did",
        dids=("did",),
    ),
    Older(
        "posts",
        "uri! cid! author_did! text! langs:jsonb parent_uri parent_cid root_uri root_cid"
        f" embed:jsonb facets:jsonb tags:jsonb {COMMITTED}",
        ours="posts",
        of="app.bsky.feed.post",
        owner="author_did",
    ),
    Older(
        "likes",
        f"uri! user_did! post_uri! subject_cid via:jsonb {COMMITTED}",
        ours="likes",
        of="app.bsky.feed.like",
        owner="user_did",
    ),
    Older(
        "reposts",
        f"uri! user_did! post_uri! subject_cid via:jsonb {COMMITTED}",
        ours="reposts",
        of="app.bsky.feed.repost",
        owner="user_did",
    ),
    Older("bookmarks", f"uri! user_did! post_uri! {DATED}", ours="bookmarks"),
    Older(
        "quotes",
        f"uri! cid post_uri! quoted_uri! quoted_cid {DATED}",
        ours="quotes",
        key="post_uri",
        of="app.bsky.feed.post",
    ),
    Older(
        "follows",
        f"uri! follower_did! following_did! {COMMITTED}",
        ours="follows",
        of="app.bsky.graph.follow",
        owner="follower_did",
        dids=("following_did",),
    ),
    Older(
        "blocks",
        f"uri! blocker_did! blocked_did! {COMMITTED}",
        ours="blocks",
        of="app.bsky.graph.block",
        owner="blocker_did",
        dids=("blocked_did",),
    ),
    Older(
        "list_blocks",
        f"uri! blocker_did! list_uri! {DATED}",
        ours="list_blocks",
        of="app.bsky.graph.listblock",
        owner="blocker_did",
    ),
    Older(
        "lists",
        f"uri! cid! creator_did! name! purpose! description avatar_url:blob {DATED}",
        ours="lists",
        of="app.bsky.graph.list",
        owner="creator_did",
    ),
    Older(
        "list_items",
        f"uri! cid list_uri! subject_did! {DATED}",
        ours="list_items",
        of="app.bsky.graph.listitem",
        dids=("subject_did",),
    ),
    Older(
        "feed_generators",
        f"uri! cid! creator_did! did! display_name! description avatar_url:blob {DATED}",
        ours="feed_generator_records",
        of="app.bsky.feed.generator",
        owner="creator_did",
    ),
    Older(
        "labeler_services",
        f"uri! cid! creator_did! policies:jsonb! {DATED}",
        ours="labeler_service_records",
        of="app.bsky.labeler.service",
        owner="creator_did",
    ),
    Older(
        "starter_packs",
        f"uri! cid! creator_did! name! description list_uri feeds:jsonb {DATED}",
        ours="starter_packs",
        of="app.bsky.graph.starterpack",
        owner="creator_did",
    ),
    Older(
        "verifications",
        f"uri! cid subject_did! handle display_name verified_at:timestamptz {DATED}",
        ours="verifications",
        of="app.bsky.graph.verification",
        dids=("subject_did",),
    ),
    Older(
        "thread_gates",
        "post_uri! owner_did! allow_mentions:boolean! allow_following:boolean!"
        " allow_list_members:boolean! allow_list_uris:jsonb created_at:timestamptz!"
        " updated_at:timestamptz",
        ours="thread_gates",
        key="post_uri",
        of="app.bsky.feed.post",
        owner="owner_did",
    ),
    Older(
        "post_gates",
        "post_uri! embedding_rules:jsonb! created_at:timestamptz!",
        ours="post_gates",
        key="post_uri",
        of="app.bsky.feed.post",
    ),
    Older(
        "generic_records",
        f"uri! cid! author_did! record_type! record:json! {DATED}",
        ours="generic_records",
        of="*",
        owner="author_did",
    ),
    Older("labels", f"uri! src! subject! val! neg:boolean {DATED}", ours="labels", dids=("src",)),
    Older(
        "label_events",
        "id:bigint! label_uri! action! created_at:timestamptz!",
        ours="label_events",
        key="id",
    ),
    Older(
        "label_definitions",
        "value! description severity localized_strings:json created_at:timestamptz"
        " updated_at:timestamptz",
        ours="own_label_definitions",
        key="value",
    ),
    Older(
        "notifications",
        "id:bigint uri! recipient_did! author_did! reason! reason_subject cid is_read:boolean"
        f" {DATED}",
        ours="notifications",
        dids=("recipient_did", "author_did"),
    ),
    Older(
        "user_settings",
        "user_did! data_collection_forbidden:boolean blocked_keywords:json muted_users:json"
        " custom_lists:json feed_preferences:json last_backfill_at:timestamptz"
        " created_at:timestamptz updated_at:timestamptz",
        ours="user_settings",
        key="user_did",
    ),
    Older(
        "firehose_cursor",
        "service! cursor:bigint last_event_time:timestamptz updated_at:timestamptz",
        ours="firehose_cursor",
        key="service",
    ),
    Older(
        "post_aggregations",
        "post_uri! like_count:bigint repost_count:bigint reply_count:bigint bookmark_count:bigint"
        " quote_count:bigint",
        key="post_uri",
    ),
    Older(
        "user_aggregations",
        "did! followers_count:bigint follows_count:bigint posts_count:bigint",
        key="did",
    ),
    Older("feed_items", "uri! post_uri! originator_did!"),
    Older("post_viewer_states", "post_uri! viewer_did!", key="post_uri"),
    Older("thread_contexts", "post_uri!", key="post_uri"),
)
CORE = ("users", "posts", "likes", "reposts", "follows")  # without these it is another database


def ours() -> list[str]:
    """The tables that rows go to, and those that follow from them."""
    carried = {table.ours for table in OLDER if table.ours is not None}
    return sorted(carried | {"post_aggregations", "user_aggregations", "repos", "duplicates"})
