"""Who is told of what. Nobody of themselves; nobody of what is not there.

`unverified` is no function of live records, for it tells of a deletion: it is left out.
Where the specification is silent: one who likes or reposts a post of their own tells nobody, not
even the author of the repost in `via`.
"""

from collections.abc import Iterator

from indexer.protocol.syntax import AtUri, is_did
from tests.model.gates import hidden, mentioned, violates_embedding_rules, violates_thread_gate
from tests.model.live import Live
from tests.model.records import Row, quoted

ANCESTORS_ABOVE_THE_PARENT = 3


def notifications(live: Live) -> Iterator[Row]:
    for uri, like in live["likes"].items():
        yield from at_subject(live, uri, like, "like")
    for uri, repost in live["reposts"].items():
        yield from at_subject(live, uri, repost, "repost")
    for uri in live["follows"]:
        yield from tell(live, uri, "", live["follows"][uri]["following_did"], "follow")
    for uri, verified in live["verifications"].items():
        yield from tell(live, uri, "/verified", verified["subject_did"], "verified")
    for uri, profile in live["profiles"].items():
        pack = profile["joined_via_starter_pack"]
        if pack in live["starter_packs"]:
            yield from about(live, uri, "/starterpack-joined", pack, "starterpack-joined")
    for uri, post in live["posts"].items():
        yield from first_to_each(of_post(live, uri, post))


def at_subject(live: Live, uri: str, row: Row, reason: str) -> Iterator[Row]:
    """What a like or a repost tells, and to whom."""
    subject, via = row["post_uri"], row["via_uri"]
    if subject in live["posts"] or (reason == "like" and likeable(live, subject)):
        yield from about(live, uri, "", subject, reason)
    if via in live["reposts"] and AtUri(subject).did != row["user_did"]:
        yield from about(live, uri, f"/{reason}-via-repost", via, f"{reason}-via-repost")


def likeable(live: Live, uri: str) -> bool:
    return uri in live["feed_generator_records"] or uri in live["labeler_service_records"]


def of_post(live: Live, uri: str, post: Row) -> Iterator[Row]:
    """Mention before quote before reply, the nearest ancestor first."""
    for did in mentioned(post):
        yield from tell(live, uri, f"/mention/{did}", did, "mention")
    ref = quoted(live.ops[AtUri(uri)])
    if ref and ref.uri in live["posts"] and not violates_embedding_rules(live, post, ref.uri):
        yield from about(live, uri, "/quote", ref.uri, "quote")
    for height, ancestor in enumerate(ancestors(live, post)):
        path = f"/{AtUri(ancestor).did}" if height else ""
        yield from about(live, uri, f"/reply{path}", ancestor, "reply")


def ancestors(live: Live, post: Row) -> Iterator[str]:
    """Those whose authors a reply tells, as far up as the posts are there."""
    if violates_thread_gate(live, post) or post["uri"] in hidden(live, post):
        return
    above = post["parent_uri"]
    for _ in range(1 + ANCESTORS_ABOVE_THE_PARENT):
        if above not in live["posts"]:
            return
        yield above
        if above in hidden(live, post):
            return
        above = live["posts"][above]["parent_uri"]


def first_to_each(notices: Iterator[Row]) -> Iterator[Row]:
    told = set()
    for notice in notices:
        if notice["recipient_did"] not in told:
            told.add(notice["recipient_did"])
            yield notice


def about(live: Live, uri: str, path: str, subject: str, reason: str) -> Iterator[Row]:
    yield from tell(live, uri, path, AtUri(subject).did, reason, subject)


def tell(
    live: Live, uri: str, path: str, recipient: str, reason: str, subject: str | None = None
) -> Iterator[Row]:
    op = live.ops[AtUri(uri)]
    if recipient != op.did and is_did(recipient):
        yield {
            "uri": f"{uri}#notification{path}",
            "recipient_did": recipient,
            "author_did": op.did,
            "reason": reason,
            "reason_subject": subject,
            "cid": op.cid,
            "created_at": op.sort_at,
        }
