"""Who may reply in a thread, who may quote a post, and which replies a thread hides.

A verdict is a function of live records: the gate, the post it guards, and what its rules ask.
"""

from indexer.protocol.syntax import is_did
from tests.model.live import Live
from tests.model.records import THREAD_GATE, Row

MENTION = "app.bsky.richtext.facet#mention"


def violates_thread_gate(live: Live, post: Row) -> bool:
    return not may_reply(live, post["root_uri"], post["author_did"])


def may_reply(live: Live, root_uri: str | None, did: str) -> bool:
    gate = live.guarding("thread_gates", root_uri)
    if gate is None or gate["allow"] is None or did == gate["owner_did"]:
        return True
    return any(_admits(live, gate, rule, did) for rule in gate["allow"])


def _admits(live: Live, gate: Row, rule: Row, did: str) -> bool:
    owner = gate["owner_did"]
    match rule.get("$type", "").removeprefix(f"{THREAD_GATE}#"):
        case "mentionRule":
            root = live["posts"].get(gate["post_uri"])
            return root is not None and did in mentioned(root)
        case "followingRule":
            return live.holds("follows", follower_did=owner, following_did=did)
        case "followerRule":
            return live.holds("follows", follower_did=did, following_did=owner)
        case "listRule":
            named = rule.get("list", "")
            on_it = live.holds("list_items", list_uri=named, subject_did=did)
            return named in live["lists"] and on_it
    return False


def mentioned(post: Row) -> list[str]:
    """The DIDs that a post's facets mention, never its text."""
    features = [f for facet in post["facets"] or [] for f in facet.get("features", [])]
    named = [feature.get("did") for feature in features if feature.get("$type") == MENTION]
    return [did for did in named if isinstance(did, str) and is_did(did)]


def violates_embedding_rules(live: Live, post: Row, quoted_uri: str | None) -> bool:
    gate = live.guarding("post_gates", quoted_uri)
    if gate is None:
        return False
    return post["uri"] in _detached(gate) or not may_quote(live, quoted_uri, post["author_did"])


def may_quote(live: Live, post_uri: str | None, did: str) -> bool:
    gate = live.guarding("post_gates", post_uri)
    if gate is None or not gate["embedding_rules"].get("disableRule"):
        return True
    return did == _author(gate)


def hidden(live: Live, post: Row) -> list[str]:
    """What the thread of a reply hides."""
    gate = live.guarding("thread_gates", post["root_uri"])
    return gate["hidden_replies"] if gate else []


def _detached(gate: Row) -> list[str]:
    detached: list[str] = gate["embedding_rules"].get("detachedEmbeddingUris", [])
    return detached


def _author(gate: Row) -> str:
    author: str = gate["uri"].split("/")[2]
    return author
