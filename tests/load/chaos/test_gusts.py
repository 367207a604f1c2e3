"""The stream comes in gusts, as fast as the killer needs it."""

from load.chaos.gusts import Gusts


def test_without_a_rate_nothing_waits() -> None:
    assert Gusts().due_s(10_000, 0) == 0


def test_what_is_left_lasts_for_what_is_left_of_the_time() -> None:
    gusts = Gusts()
    gusts.share(6000, 60)
    due = [gusts.due_s(number, 0) for number in range(6000)]
    assert due == sorted(due)
    assert due[0] == 0 and 59 <= due[-1] <= 60
    assert len(set(due)) == 120  # two gusts a second


def test_when_the_time_is_over_the_rest_comes_at_once() -> None:
    gusts = Gusts()
    gusts.share(6000, 0)
    assert gusts.due_s(6000, 0) == 0


def test_the_end_of_the_stream_does_not_come_to_a_halt() -> None:
    gusts = Gusts()
    gusts.share(0, 60)
    assert gusts.due_s(9, 0) == 0
    assert gusts.due_s(10, 0) == 10
