from indexer.parent.backoff import Backoff


def test_waits_double_up_to_the_longest_and_begin_again_after_success() -> None:
    backoff = Backoff(1, 60)
    waits = [backoff.next_s() for _ in range(200)]
    for failures, wait in enumerate(waits):
        full = min(60, 2.0**failures)
        assert full / 2 <= wait <= full
    backoff.reset()
    assert backoff.next_s() <= 1


def test_two_that_fail_together_do_not_come_back_together() -> None:
    one, other = Backoff(1, 60), Backoff(1, 60)
    assert [one.next_s() for _ in range(10)] != [other.next_s() for _ in range(10)]
