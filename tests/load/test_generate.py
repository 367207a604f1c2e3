"""One seed, one world, to the byte; and a world that has everything in it."""

from itertools import islice

from indexer.protocol.event import Commit
from indexer.protocol.frame import decode
from load.generate import generate


def test_the_same_seed_makes_the_same_bytes() -> None:
    assert list(generate(seed=7, commits=300)) == list(generate(seed=7, commits=300))


def test_another_seed_makes_another_world() -> None:
    assert list(generate(seed=7, commits=100)) != list(generate(seed=8, commits=100))


def test_it_makes_as_many_commits_as_were_asked_for() -> None:
    for commits in (16, 100, 301):
        frames = [frame for _, frame in generate(commits=commits)]
        assert sum(b"at" in frame[:20] and b"#commit" in frame[:20] for frame in frames) == commits


def test_frames_come_one_at_a_time() -> None:
    endless = generate(commits=10**9)
    assert len(list(islice(endless, 500))) == 500


def test_our_decoder_refuses_nothing_of_it() -> None:
    for seed in range(4):
        for received_at_us, frame in generate(seed=seed, commits=500):
            event = decode(frame, received_at_us)
            assert event is not None
            if isinstance(event, Commit):
                assert event.refused == ()
                assert all(op.uri.did == event.did for op in event.ops)
