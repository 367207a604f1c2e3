"""How far the older system had read means something at one source only."""

import pytest

from indexer.adopt.cursors import Cursor, furthest_back, nameless, renamed

ROAD = "/xrpc/com.atproto.sync.subscribeRepos"


def at(service: str, cursor: int | None = 1) -> Cursor:
    return Cursor(service, cursor, None, None)


@pytest.mark.parametrize(
    ("service", "ours"),
    [
        ("bsky.network", f"bsky.network{ROAD}"),
        ("wss://bsky.network/", f"bsky.network{ROAD}"),
        (f"wss://relay.test:8080{ROAD}", f"relay.test:8080{ROAD}"),
        ("localhost:2470", f"localhost:2470{ROAD}"),
        ("firehose", "firehose"),
        ("", ""),
    ],
)
def test_a_source_is_named_as_ours_are(service: str, ours: str) -> None:
    assert list(renamed([at(service)], None).values()) == [ours]


def test_one_without_a_host_is_of_the_relay_only_if_somebody_says_so() -> None:
    named = renamed([at("firehose"), at("bsky.network")], "relay")
    assert list(named.values()) == ["relay", f"bsky.network{ROAD}"]
    assert nameless(named) == ["firehose"]


def test_of_two_of_one_source_the_one_that_is_less_far_is_kept() -> None:
    named = renamed(
        [at("a.test", 7), at("https://a.test", None), at("wss://a.test", 5), at("b.test", None)],
        None,
    )
    kept = furthest_back(named)
    assert {service: cursor.cursor for service, cursor in kept.items()} == {
        f"a.test{ROAD}": 5,
        f"b.test{ROAD}": None,
    }
