"""The cursor never passes an event that is not committed, and is held back by nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from indexer.parent.cursor import Cursor, Mark

START = Mark(10, "2026-01-01T00:00:00Z")


def test_waits_for_the_slowest_shard() -> None:
    cursor = Cursor(2, START)
    cursor.sent(0, 11, "a")
    cursor.sent(1, 12, "b")
    cursor.sent(0, 13, "c")
    cursor.done(0, 13)
    assert cursor.safe == Mark(11, "a")
    cursor.done(1, 12)
    assert cursor.safe == Mark(13, "c")


def test_an_idle_shard_does_not_hold_it_back() -> None:
    cursor = Cursor(2, START)
    cursor.sent(0, 11, "a")
    cursor.done(0, 11)
    assert cursor.safe == Mark(11, "a")


def test_events_that_nobody_is_sent_move_it_too() -> None:
    cursor = Cursor(2, START)
    cursor.passed(11, "a")
    assert cursor.safe == Mark(11, "a")
    cursor.sent(1, 12, "b")
    cursor.passed(13, "c")
    assert cursor.safe == Mark(11, "a")
    cursor.done(1, 12)
    assert cursor.safe == Mark(13, "c")


def test_numbers_may_have_gaps_and_the_cursor_is_always_an_event() -> None:
    cursor = Cursor(1, Mark(None, None))
    assert cursor.safe == Mark(None, None)
    cursor.sent(0, 500, "a")
    cursor.sent(0, 900, "b")
    assert cursor.safe == Mark(None, None)
    cursor.done(0, 500)
    assert cursor.safe == Mark(500, "a")


def test_before_the_first_event_there_is_a_place_once_it_came() -> None:
    cursor = Cursor(1, Mark(None, None))
    cursor.begin_before(500)
    cursor.sent(0, 500, "a")
    cursor.begin_before(501)
    assert cursor.safe == Mark(499, None)
    assert cursor.received == Mark(500, "a")


def test_what_is_kept_aside_holds_nothing_back_and_takes_nothing_along() -> None:
    cursor = Cursor(1, START)
    for seq in (11, 12, 13):
        cursor.sent(0, seq, "a")
    cursor.dropped(0, 12)
    assert cursor.safe == START
    cursor.done(0, 11)
    assert cursor.safe == Mark(12, "a")
    cursor.dropped(0, 13)
    assert cursor.safe == Mark(13, "a")


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=80), st.randoms())
def test_all_up_to_it_is_done_whatever_the_order(events, random) -> None:  # type: ignore[no-untyped-def]
    cursor = Cursor(3, Mark(0, None))
    waiting: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for seq, (shard, acks) in enumerate(events, 1):
        if shard == 3:
            cursor.passed(seq, str(seq))
        else:
            cursor.sent(shard, seq, str(seq))
            waiting[shard].append(seq)
        busy = [shard for shard, seqs in waiting.items() if seqs]
        if acks and busy:
            chosen = random.choice(busy)
            upto = random.randrange(len(waiting[chosen]))
            cursor.done(chosen, waiting[chosen][upto])
            del waiting[chosen][: upto + 1]
        oldest = min((seqs[0] for seqs in waiting.values() if seqs), default=seq + 1)
        assert cursor.safe.seq == oldest - 1
