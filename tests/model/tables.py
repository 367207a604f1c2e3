"""What each table holds, as a function of the live records: every column but those left out.

Left out are serial ids, columns that say when we acted, and the search vectors, which PostgreSQL
makes of other columns.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from indexer.protocol.syntax import AtUri
from tests.model.gates import (
    may_quote,
    may_reply,
    violates_embedding_rules,
    violates_thread_gate,
)
from tests.model.live import Live
from tests.model.notices import notifications
from tests.model.records import Row, quoted

SEVERITIES = {"inform": "info", "info": "info", "alert": "alert", "none": "none"}


def stored(table: str, live: Live) -> Iterable[Row]:
    return live[table].values()


def posts(live: Live) -> Iterator[Row]:
    for uri, post in live["posts"].items():
        ref = quoted(live.ops[AtUri(uri)])
        yield {
            **post,
            "violates_thread_gate": violates_thread_gate(live, post),
            "violates_embedding_rules": violates_embedding_rules(live, post, ref and ref.uri),
            "has_thread_gate": live.guarding("thread_gates", uri) is not None,
            "has_post_gate": live.guarding("post_gates", uri) is not None,
        }


def quotes(live: Live) -> Iterator[Row]:
    for uri, post in live["posts"].items():
        if ref := quoted(live.ops[AtUri(uri)]):
            yield {
                "uri": f"{uri}#quote",
                "cid": post["cid"],
                "post_uri": uri,
                "quoted_uri": ref.uri,
                "quoted_cid": ref.cid,
                "created_at": post["created_at"],
            }


def feed_items(live: Live) -> Iterator[Row]:
    for uri, post in live["posts"].items():
        yield _feed_item(post, "post", uri, post["author_did"])
    for repost in live["reposts"].values():
        yield _feed_item(repost, "repost", repost["post_uri"], repost["user_did"])


def _feed_item(row: Row, type: str, post_uri: str, originator: str) -> Row:
    same = {column: row[column] for column in ("uri", "cid", "sort_at", "created_at")}
    return {**same, "type": type, "post_uri": post_uri, "originator_did": originator}


def post_aggregations(live: Live) -> Iterator[Row]:
    counts = {
        "like_count": Counter(like["post_uri"] for like in live["likes"].values()),
        "repost_count": Counter(repost["post_uri"] for repost in live["reposts"].values()),
        "reply_count": Counter(post["parent_uri"] for post in live["posts"].values()),
        "bookmark_count": Counter(kept["post_uri"] for kept in live["bookmarks"].values()),
        "quote_count": Counter(quote["quoted_uri"] for quote in quotes(live)),
    }
    return _counted("post_uri", counts)


def user_aggregations(live: Live) -> Iterator[Row]:
    follows = live["follows"].values()
    counts = {
        "followers_count": Counter(follow["following_did"] for follow in follows),
        "follows_count": Counter(follow["follower_did"] for follow in follows),
        "posts_count": Counter(post["author_did"] for post in live["posts"].values()),
    }
    return _counted("did", counts)


def _counted(key: str, counts: dict[str, Counter[str]]) -> Iterator[Row]:
    """A row of zeros and no row are the same: neither is here."""
    for target in set().union(*counts.values()) - {None}:
        yield {key: target, **{column: counter[target] for column, counter in counts.items()}}


def liked(table: str, live: Live) -> Iterator[Row]:
    """With how many likes each has."""
    likes = Counter(like["post_uri"] for like in live["likes"].values())
    for uri, row in live[table].items():
        yield {**row, "like_count": likes[uri]}


def label_definitions(live: Live) -> Iterator[Row]:
    """One a value: the first by the labeler's URI."""
    seen = set()
    for _, labeler in sorted(live["labeler_service_records"].items()):
        for definition in labeler["policies"].get("labelValueDefinitions", []):
            value = definition["identifier"]
            if value not in seen:
                seen.add(value)
                locales = definition.get("locales")
                yield {
                    "value": value,
                    "description": locales[0].get("description") if locales else None,
                    "severity": SEVERITIES.get(definition.get("severity"), "warn"),
                    "localized_strings": locales,
                    "created_at": labeler["created_at"],
                }


def thread_contexts(live: Live) -> Iterator[Row]:
    """Posts that the author of their thread's root likes."""
    for like in live["likes"].values():
        post = live["posts"].get(like["post_uri"])
        if post and like["user_did"] == AtUri(post["root_uri"] or post["uri"]).did:
            yield {
                "post_uri": post["uri"],
                "root_author_like_uri": like["uri"],
                "created_at": like["created_at"],
            }


def post_viewer_states(live: Live) -> Iterator[Row]:
    """Of everybody who liked, reposted or bookmarked a post, whether it is known or not."""
    states: dict[tuple[str, str], dict[str, Row]] = {}
    for table in ("likes", "reposts", "bookmarks"):
        for row in live[table].values():
            states.setdefault((row["post_uri"], row["user_did"]), {})[table] = row
    for (post_uri, viewer), did in states.items():
        yield {
            "post_uri": post_uri,
            "viewer_did": viewer,
            "like_uri": did["likes"]["uri"] if "likes" in did else None,
            "repost_uri": did["reposts"]["uri"] if "reposts" in did else None,
            "bookmarked": "bookmarks" in did,
            "thread_muted": False,
            "reply_disabled": not may_reply(live, _thread_of(live, post_uri), viewer),
            "embedding_disabled": not may_quote(live, post_uri, viewer),
            "pinned": _pinned(live, viewer) == post_uri,
            "created_at": min(row["created_at"] for row in did.values()),
        }


def _thread_of(live: Live, post_uri: str) -> str | None:
    """The specification is silent on a post that is not known: there is no telling its thread."""
    post = live["posts"].get(post_uri)
    return post["root_uri"] or post_uri if post else None


def _pinned(live: Live, did: str) -> str | None:
    profile = live["profiles"].get(f"at://{did}/app.bsky.actor.profile/self")
    return profile["pinned_post"]["uri"] if profile and profile["pinned_post"] else None


AS_STORED = (
    "likes reposts bookmarks follows blocks list_blocks lists list_items feed_generator_records"
    " labeler_service_records starter_packs verifications thread_gates post_gates generic_records"
    " labels"
).split()
TABLES: dict[str, Callable[[Live], Iterable[Row]]] = {
    **{table: partial(stored, table) for table in AS_STORED},
    "posts": posts,
    "quotes": quotes,
    "duplicates": lambda live: live.duplicates,
    "feed_items": feed_items,
    "post_aggregations": post_aggregations,
    "user_aggregations": user_aggregations,
    "feed_generators": partial(liked, "feed_generator_records"),
    "labeler_services": partial(liked, "labeler_service_records"),
    "label_definitions": label_definitions,
    "thread_contexts": thread_contexts,
    "post_viewer_states": post_viewer_states,
    "notifications": notifications,
}
