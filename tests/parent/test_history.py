"""What is remembered of the last minutes, and what follows from it."""

from indexer.parent.history import MINUTES, SECONDS, History, Minute, Second


def lived(*behind: float | None, speed: float = 10.0, first: float = 100.0) -> History:
    """A second for each, with so many events in it."""
    history = History()
    for n, behind_s in enumerate(behind):
        history.add(Second(first + n, round(n * speed), round(2 * n * speed), 0.5, behind_s))
    return history


def test_a_rate_is_of_one_second_however_long_that_took() -> None:
    history = lived(None, None)
    history.add(Second(103.0, 30, 60, 0.25, None))
    seconds = history.seconds()
    assert seconds["events"] == [10, 10]
    assert seconds["ops"] == [20, 20]
    assert seconds["lag_s"] == [0.5, 0.25]


def test_no_more_than_the_last_minutes_are_kept() -> None:
    assert len(lived(*[None] * 1000).seconds()["events"]) == SECONDS
    history = History()
    for n in range(1000):
        history.add_facts(Minute(60.0 * n, n, n, n))
    assert len(history.minutes()["bytes"]) == MINUTES + 1


def test_facts_are_kept_once_a_minute_and_the_newest() -> None:
    history = History()
    for at in (0.0, 10.0, 59.0, 61.0, 70.0, 75.0):
        history.add_facts(Minute(at, int(at), 1, 2))
    assert history.minutes() == {"bytes": [0, 61, 75], "pending": [1] * 3, "refused": [2] * 3}


def test_growth_needs_two_looks() -> None:
    history = History()
    assert history.growth_per_day() is None
    history.add_facts(Minute(5.0, 1000, 0, 0))
    assert history.growth_per_day() is None
    history.add_facts(Minute(15.0, 3000, 0, 0))
    assert history.growth_per_day() == 200 * 86_400


def test_who_keeps_up_or_does_not_know_catches_up_with_nothing() -> None:
    assert History().catching_up() is None
    assert lived(None, None, None).catching_up() is None
    assert lived(3.0, 2.0, 4.0).catching_up() is None


def test_the_time_left_follows_from_the_distance_and_how_it_shrinks() -> None:
    behind = [1000.0 - 4 * n for n in range(101)]
    assert lived(*behind).catching_up() == {"speed": 5.0, "left_s": 150}


def test_only_the_last_minute_says_how_fast_it_is() -> None:
    slow = [1000.0 - n for n in range(200)]
    quick = [800.0 - 5 * n for n in range(1, 62)]
    assert lived(*slow, *quick).catching_up() == {"speed": 6.0, "left_s": 99}


def test_a_distance_that_does_not_shrink_has_no_time_left() -> None:
    assert lived(100.0, 101.0, 102.0).catching_up() == {"speed": 0.0, "left_s": None}
    assert lived(100.0, 100.0, 100.0).catching_up() == {"speed": 1.0, "left_s": None}
