from indexer.records.base import post_counts, user_counts
from indexer.records.feed_like import RECORD as LIKE
from indexer.records.feed_like import likes
from indexer.records.feed_post import posts, quotes
from indexer.shard.batch import Deltas, plan
from tests.ops import Stream
from tests.records.samples import ALICE, BOB, OTHER_POST, POST, ref

NSID = "app.bsky.feed.like"
URI = f"at://{ALICE}/{NSID}/a"


def test_a_create_inserts_and_purges_nothing() -> None:
    planned = plan(Stream().create(ALICE, NSID, {"subject": ref(POST)}, "a").ops)
    assert [row[0] for row in planned.insert[likes]] == [URI]
    assert not planned.purge
    assert planned.touched[LIKE].born == [URI]
    assert planned.people == {ALICE}


def test_a_create_and_a_delete_are_a_delete() -> None:
    stream = Stream()
    create = stream.create(ALICE, NSID, {"subject": ref(POST)}, "a")
    planned = plan([*create.ops, *stream.delete(ALICE, NSID, "a").ops])
    assert not planned.insert[likes]
    assert planned.purge[likes] == [URI]
    assert planned.touched[LIKE].gone == [URI]


def test_a_delete_and_a_create_are_an_update() -> None:
    stream = Stream()
    delete = stream.delete(ALICE, NSID, "a")
    create = stream.create(ALICE, NSID, {"subject": ref(OTHER_POST)}, "a")
    planned = plan([*delete.ops, *create.ops])
    assert len(planned.insert[likes]) == len(planned.purge[likes]) == 1
    assert planned.touched[LIKE].changed == [URI]


def test_a_refused_record_takes_away_what_it_replaced() -> None:
    planned = plan(Stream().update(ALICE, NSID, {"subject": "nonsense"}, "a").ops)
    ((op, error),) = planned.refused
    assert (op.uri, error.reason) == (URI, "bad_record")
    assert planned.purge[likes] == [URI]
    assert not planned.insert[likes]


def test_a_purge_reaches_every_table_of_the_type() -> None:
    planned = plan(Stream().delete(ALICE, "app.bsky.feed.post", "a").ops)
    assert planned.purge.keys() == {posts, quotes}


def test_those_a_record_names_are_known_then() -> None:
    planned = plan(Stream().create(ALICE, "app.bsky.graph.follow", {"subject": BOB}, "a").ops)
    assert planned.people == {ALICE, BOB}


def test_differences_are_folded_and_sorted() -> None:
    deltas = Deltas()
    rows = [{"post_uri": target, "via_uri": None} for target in ("b", "a", "b")]
    deltas.move(likes, +1, rows, str)
    deltas.move(likes, +1, [], str)
    ((counters, (keys, like_counts, *others)),) = deltas.fold()
    assert counters is post_counts
    assert (keys, like_counts) == (["a", "b"], [1, 2])
    assert {value for column in others for value in column} == {0}


def test_a_reply_locks_its_root_and_itself_and_counts_below_its_parent() -> None:
    deltas = Deltas()
    row = {"parent_uri": "p", "root_uri": "r", "uri": "u", "author_did": "d"}
    deltas.move(posts, +1, [row], str)
    folded = dict(deltas.fold())
    assert folded[post_counts][0] == ["p", "r", "u"]
    assert folded[post_counts][1 + post_counts.columns.index("reply_count")] == [1, 0, 0]
    assert folded[user_counts][0] == ["d"]
