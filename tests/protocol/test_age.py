"""How old a record is."""

from datetime import UTC, datetime, timedelta

import pytest

from indexer.protocol.age import CONTENT, horizon, horizon_at
from indexer.protocol.op import Op
from indexer.protocol.syntax import EPOCH, AtUri, is_tid, make_tid, tid_time

THEN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
POST, FOLLOW = "app.bsky.feed.post", "app.bsky.graph.follow"


def key(time: datetime) -> str:
    return make_tid((time - EPOCH) // timedelta(microseconds=1), 7)


def op(rkey: str, created_at: datetime | None, arrival: datetime, collection: str = POST) -> Op:
    record = {} if created_at is None else {"createdAt": created_at.isoformat()}
    uri = AtUri(f"at://did:plc:a/{collection}/{rkey}")
    return Op("create", uri, "cid", record, b"", "rev", 1, arrival)


@pytest.mark.parametrize(
    ("of", "old"),
    [
        (op(key(THEN), THEN, THEN), False),
        (op(key(THEN - DAY), THEN, THEN), True),
        (op(key(THEN), THEN - DAY, THEN), True),
        (op(key(THEN), THEN, THEN - DAY), True),
        (op("self", THEN, THEN), False),
        (op("self", None, THEN), False),
        (op("self", None, THEN - DAY), True),
        (op(key(THEN + DAY), THEN + DAY, THEN - DAY), True),
        (op("2abc", THEN, THEN), False),  # it sorts before the horizon's key, and is none
        (op(key(THEN - DAY), THEN - DAY, THEN - DAY, FOLLOW), False),
    ],
)
def test_a_record_is_as_old_as_the_oldest_that_tells(of: Op, old: bool) -> None:
    assert horizon_at(THEN).has_passed(of, arrival=True) is old


def test_what_is_not_stored_does_not_tell() -> None:
    late = op("self", THEN, THEN - DAY)
    assert not horizon_at(THEN).has_passed(late, arrival=False)


def test_of_a_record_that_is_not_here_the_key_tells() -> None:
    since = horizon_at(THEN)
    assert since.is_behind(POST, key(THEN - DAY))
    assert not since.is_behind(POST, key(THEN))
    assert not since.is_behind(POST, "1")
    assert not since.is_behind(FOLLOW, key(THEN - DAY))


def test_of_no_days_there_is_no_horizon() -> None:
    assert horizon(THEN, 0) is None
    assert horizon(THEN, 30) == horizon_at(THEN - 30 * DAY)


def test_before_1970_nothing_was_written() -> None:
    since = horizon(THEN, 36_500)
    assert since is not None
    assert since.time == EPOCH
    assert is_tid(since.key) and tid_time(since.key) == EPOCH
    assert not since.is_behind(POST, key(EPOCH))


def test_only_what_an_account_says_is_content() -> None:
    assert {nsid.rpartition(".")[2] for nsid in CONTENT} == {
        *("post", "like", "repost", "threadgate", "postgate")
    }
