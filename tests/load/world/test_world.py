"""The world's story holds together: what people point at is there, or was."""

from collections import Counter
from typing import Any

import libipld
import pytest

from load.world import Happening, World, lexicon


@pytest.fixture(scope="module")
def story() -> list[Happening]:
    return list(World(seed=3, commits=2000))


def records(story: list[Happening], collection: str) -> list[tuple[Happening, str, dict[str, Any]]]:
    return [
        (told, write.rkey, libipld.decode_dag_cbor(write.block))
        for told in story
        for write in told.writes
        if write.collection == collection and write.block
    ]


def test_every_collection_is_in_the_smallest_useful_world() -> None:
    every = {name for key, name in vars(lexicon).items() if key.isupper()}
    for seed in range(5):
        written = {w.collection for told in World(seed, 200) for w in told.writes}
        assert every - written == set(), seed


def test_time_goes_forward(story: list[Happening]) -> None:
    times = [told.time_us for told in story]
    assert times == sorted(times)


def test_everything_written_is_there_once_until_deleted(story: list[Happening]) -> None:
    live: set[tuple[str, str]] = set()
    for told in story:
        for write in told.writes:
            key = told.did, write.path
            assert (key in live) == (write.action != "create"), key
            (live.discard if write.action == "delete" else live.add)(key)


def test_replies_name_the_root_of_their_thread(story: list[Happening]) -> None:
    roots: dict[str, str] = {}
    deep = 0
    for told, rkey, post in records(story, lexicon.POST):
        uri = f"at://{told.did}/{lexicon.POST}/{rkey}"
        parent = post.get("reply", {}).get("parent", {}).get("uri")
        roots.setdefault(uri, roots[parent] if parent else uri)
        if parent:
            assert post["reply"]["root"]["uri"] == roots[parent]
            deep += parent != roots[parent]
    assert deep > 10


def test_mentions_are_where_the_facets_say(story: list[Happening]) -> None:
    found = 0
    for _, _, post in records(story, lexicon.POST):
        for facet in post.get("facets", ()):
            text = post["text"].encode()
            named = text[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
            assert named.startswith("@")
            assert named.endswith(".test")
            found += 1
    assert found > 5


def test_gates_have_the_key_of_a_post_of_their_author(story: list[Happening]) -> None:
    for collection in (lexicon.THREADGATE, lexicon.POSTGATE):
        for told, rkey, gate in records(story, collection):
            assert gate["post"] == f"at://{told.did}/{lexicon.POST}/{rkey}"


def test_list_items_are_on_lists_of_their_author(story: list[Happening]) -> None:
    for told, _, item in records(story, lexicon.LISTITEM):
        assert item["list"].startswith(f"at://{told.did}/{lexicon.LIST}/")


def test_some_likes_come_by_way_of_a_repost(story: list[Happening]) -> None:
    likes = records(story, lexicon.LIKE)
    via = [like["via"]["uri"] for _, _, like in likes if "via" in like]
    assert all(f"/{lexicon.REPOST}/" in uri for uri in via)
    assert len(likes) / 20 < len(via) < len(likes) / 2


def test_a_few_edges_are_made_twice(story: list[Happening]) -> None:
    edges = Counter(
        (told.did, like["subject"]["uri"]) for told, _, like in records(story, lexicon.LIKE)
    )
    twice = sum(count > 1 for count in edges.values())
    assert 0 < twice < len(edges) / 20


def test_some_posts_and_people_are_liked_far_more_than_most(story: list[Happening]) -> None:
    likes = Counter(like["subject"]["uri"] for _, _, like in records(story, lexicon.LIKE))
    counts = sorted(likes.values(), reverse=True)
    assert counts[0] > 5 * counts[len(counts) // 2]


def test_the_mix_is_that_of_the_network() -> None:
    writes = [write for told in World(seed=1, commits=6000) for write in told.writes]
    share = Counter(write.collection for write in writes if write.action == "create")
    assert 0.5 < share[lexicon.LIKE] / len(writes) < 0.75
    assert 0.08 < share[lexicon.POST] / len(writes) < 0.2
    assert 0.05 < share[lexicon.REPOST] / len(writes) < 0.15
    assert 0.02 < sum(write.action == "delete" for write in writes) / len(writes) < 0.08


def test_one_post_gets_the_share_of_likes_that_is_asked_for() -> None:
    story = list(World(seed=1, commits=2400, people=600, past=1200, viral=0.3))
    likes = records(story, lexicon.LIKE)
    after = [like["subject"]["uri"] for _, _, like in likes][len(likes) // 2 :]
    (_, most), *_ = Counter(after).most_common(1)
    assert 0.2 * len(after) < most < 0.4 * len(after)


def test_another_share_leaves_the_past_as_it_is() -> None:
    plain = list(World(seed=1, commits=800, past=500))
    viral = list(World(seed=1, commits=800, past=500, viral=0.5))
    assert plain[:500] == viral[:500]
    assert plain != viral
